-- AlterTable
ALTER TABLE "agent" DROP COLUMN "lastReportSeq";

-- AlterTable
ALTER TABLE "storage_node" ADD COLUMN     "fileSystemId" TEXT;

-- AlterTable
ALTER TABLE "run" ADD COLUMN     "remark" JSONB;

-- AlterTable
ALTER TABLE "event" ADD COLUMN     "remark" JSONB,
ADD COLUMN     "tellingUntil" TIMESTAMP(3),
ADD COLUMN     "untold" BOOLEAN NOT NULL DEFAULT false;

-- CreateIndex
CREATE INDEX "event_untold_at_idx" ON "event"("untold", "at");
