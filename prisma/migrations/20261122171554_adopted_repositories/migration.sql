-- AlterTable
ALTER TABLE "repository" ADD COLUMN     "adoptedAt" TIMESTAMP(3),
ADD COLUMN     "formatVersion" INTEGER NOT NULL DEFAULT 2;
