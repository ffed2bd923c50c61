-- AlterTable
ALTER TABLE "storage_node" ADD COLUMN     "quotaLeftBytes" BIGINT;

-- AlterTable
ALTER TABLE "run" ADD COLUMN     "reservation" JSONB;
