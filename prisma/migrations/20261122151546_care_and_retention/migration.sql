-- AlterTable
ALTER TABLE "repository" ADD COLUMN     "careEnabled" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "checkEveryByteDays" INTEGER NOT NULL DEFAULT 30,
ADD COLUMN     "pausedBy" JSONB,
ADD COLUMN     "pruneEveryDays" INTEGER NOT NULL DEFAULT 7;

-- AlterTable
ALTER TABLE "copy" ADD COLUMN     "caredForAt" TIMESTAMP(3),
ADD COLUMN     "lastCheckedAt" TIMESTAMP(3),
ADD COLUMN     "lastPrunedAt" TIMESTAMP(3),
ADD COLUMN     "partsRead" JSONB;

-- AlterTable
ALTER TABLE "task" ADD COLUMN     "retention" JSONB;

-- AlterTable
ALTER TABLE "run" ADD COLUMN     "locks" JSONB NOT NULL DEFAULT '[]';

-- AlterTable
ALTER TABLE "snapshot" ADD COLUMN     "confirmedAt" TIMESTAMP(3);

-- CreateIndex
CREATE INDEX "run_repositoryId_state_idx" ON "run"("repositoryId", "state");
