-- AlterTable
ALTER TABLE "repository" ADD COLUMN     "kitUrls" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "copy" ADD COLUMN     "damage" JSONB;
