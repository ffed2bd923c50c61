-- AlterTable
ALTER TABLE "agent" ADD COLUMN     "commands" JSONB,
ADD COLUMN     "commandsAt" TIMESTAMP(3);

-- AlterTable
ALTER TABLE "task" ADD COLUMN     "commands" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "hooks" JSONB NOT NULL DEFAULT '{}';

-- AlterTable
ALTER TABLE "run" ADD COLUMN     "commands" JSONB NOT NULL DEFAULT '[]';

-- AlterTable
ALTER TABLE "snapshot" ADD COLUMN     "command" TEXT;
