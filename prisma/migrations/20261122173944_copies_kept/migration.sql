-- AlterTable
ALTER TABLE "copy" ADD COLUMN     "home" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "replicateAfter" TIMESTAMP(3),
ADD COLUMN     "replicatedAt" TIMESTAMP(3),
ADD COLUMN     "replicationFailures" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "task" ADD COLUMN     "copies" INTEGER;

-- AlterTable
ALTER TABLE "run" ADD COLUMN     "leaseUntil" TIMESTAMP(3),
ADD COLUMN     "tendedAt" TIMESTAMP(3);
