-- AlterTable
ALTER TABLE "agent" ADD COLUMN     "bandwidth" JSONB;

-- AlterTable
ALTER TABLE "storage_node" ADD COLUMN     "bandwidth" JSONB;

-- AlterTable
ALTER TABLE "task" ADD COLUMN     "bandwidth" JSONB;
