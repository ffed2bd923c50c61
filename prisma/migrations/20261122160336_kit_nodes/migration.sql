-- AlterTable
ALTER TABLE "repository" ADD COLUMN     "kitNodes" UUID[] DEFAULT ARRAY[]::UUID[];
