-- AlterTable
ALTER TABLE "storage_node" ADD COLUMN     "peakReceivedPerSecond" DOUBLE PRECISION;
