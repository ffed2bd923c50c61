-- CreateTable
CREATE TABLE "user" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "emailVerified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "role" TEXT NOT NULL DEFAULT 'viewer',
    "mustChangePassword" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "ipAddress" TEXT,
    "userAgent" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "accessToken" TEXT,
    "refreshToken" TEXT,
    "idToken" TEXT,
    "accessTokenExpiresAt" TIMESTAMP(3),
    "refreshTokenExpiresAt" TIMESTAMP(3),
    "scope" TEXT,
    "password" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_limit" (
    "id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "lastRequest" BIGINT NOT NULL,

    CONSTRAINT "rate_limit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_token" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "secretHash" TEXT NOT NULL,
    "createdBy" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastUsedAt" TIMESTAMP(3),
    "expiresAt" TIMESTAMP(3),

    CONSTRAINT "api_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "join_token" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "address" TEXT,
    "secretHash" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "usedAt" TIMESTAMP(3),

    CONSTRAINT "join_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signing_key" (
    "kid" TEXT NOT NULL,
    "publicJwk" JSONB NOT NULL,
    "sealedJwk" BYTEA NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retiredAt" TIMESTAMP(3),

    CONSTRAINT "signing_key_pkey" PRIMARY KEY ("kid")
);

-- CreateTable
CREATE TABLE "revoked_token" (
    "jti" TEXT NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "revokedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "revoked_token_pkey" PRIMARY KEY ("jti")
);

-- CreateTable
CREATE TABLE "agent" (
    "id" UUID NOT NULL,
    "address" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "credentialHash" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "platform" TEXT NOT NULL,
    "insecureHttp" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastHeartbeatAt" TIMESTAMP(3),
    "busy" BOOLEAN NOT NULL DEFAULT false,
    "clockOffsetMs" INTEGER,
    "lastReportSeq" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "agent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "storage_node" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "credentialHash" TEXT NOT NULL,
    "publicJwk" JSONB NOT NULL,
    "version" TEXT NOT NULL,
    "insecureHttp" BOOLEAN NOT NULL DEFAULT false,
    "draining" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastHeartbeatAt" TIMESTAMP(3),
    "totalBytes" BIGINT,
    "freeBytes" BIGINT,
    "health" TEXT NOT NULL DEFAULT 'unknown',
    "healthReason" TEXT,
    "transfersInFlight" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "storage_node_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "repository" (
    "id" TEXT NOT NULL,
    "sourceAddress" TEXT,
    "sealedPassword" BYTEA NOT NULL,
    "configBytes" BYTEA NOT NULL,
    "keyName" TEXT NOT NULL,
    "keyBytes" BYTEA NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "kitConfirmedAt" TIMESTAMP(3),

    CONSTRAINT "repository_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "copy" (
    "repositoryId" TEXT NOT NULL,
    "nodeId" UUID NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "files" INTEGER NOT NULL DEFAULT 0,
    "lastWriteAt" TIMESTAMP(3),

    CONSTRAINT "copy_pkey" PRIMARY KEY ("repositoryId","nodeId")
);

-- CreateTable
CREATE TABLE "task" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "sourceAddress" TEXT NOT NULL,
    "paths" TEXT[],
    "excludes" TEXT[],
    "cron" TEXT,
    "timeZone" TEXT,
    "strategy" TEXT NOT NULL DEFAULT 'finish-first',
    "nodeId" UUID,
    "ifAgentSilent" TEXT NOT NULL DEFAULT 'stop',
    "repositoryId" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "nextRunAt" TIMESTAMP(3),
    "deletedAt" TIMESTAMP(3),

    CONSTRAINT "task_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "taskId" UUID,
    "sourceAddress" TEXT,
    "agentId" UUID,
    "repositoryId" TEXT,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "reason" TEXT,
    "failure" JSONB,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "trigger" TEXT NOT NULL,
    "ifAgentSilent" TEXT NOT NULL DEFAULT 'stop',
    "order" JSONB NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "dispatchedAt" TIMESTAMP(3),
    "acceptedAt" TIMESTAMP(3),
    "cancelRequestedAt" TIMESTAMP(3),
    "startedAt" TIMESTAMP(3),
    "endedAt" TIMESTAMP(3),
    "progress" JSONB,
    "placements" JSONB NOT NULL DEFAULT '[]',
    "snapshotId" TEXT,
    "stats" JSONB,
    "issueCount" INTEGER NOT NULL DEFAULT 0,
    "issues" JSONB NOT NULL DEFAULT '[]',
    "log" JSONB NOT NULL DEFAULT '[]',
    "speedCurve" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "applied_report" (
    "runId" UUID NOT NULL,
    "attempt" INTEGER NOT NULL,
    "seq" BIGINT NOT NULL,
    "appliedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "applied_report_pkey" PRIMARY KEY ("runId","attempt","seq")
);

-- CreateTable
CREATE TABLE "snapshot" (
    "id" TEXT NOT NULL,
    "repositoryId" TEXT NOT NULL,
    "taskId" UUID,
    "runId" UUID,
    "sourceAddress" TEXT,
    "hostname" TEXT NOT NULL,
    "paths" TEXT[],
    "tree" TEXT NOT NULL,
    "time" TEXT NOT NULL,
    "recordedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "files" BIGINT,
    "bytes" BIGINT,
    "storedBytes" BIGINT,
    "partial" BOOLEAN NOT NULL DEFAULT false,
    "forgottenAt" TIMESTAMP(3),

    CONSTRAINT "snapshot_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "snapshot_copy" (
    "snapshotId" TEXT NOT NULL,
    "repositoryId" TEXT NOT NULL,
    "nodeId" UUID NOT NULL,
    "recordedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "snapshot_copy_pkey" PRIMARY KEY ("snapshotId","nodeId")
);

-- CreateTable
CREATE TABLE "speed" (
    "agentId" UUID NOT NULL,
    "nodeId" UUID NOT NULL,
    "bytesPerSecond" DOUBLE PRECISION NOT NULL,
    "samples" INTEGER NOT NULL,
    "lastSampleAt" TIMESTAMP(3) NOT NULL,
    "recent" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "speed_pkey" PRIMARY KEY ("agentId","nodeId")
);

-- CreateTable
CREATE TABLE "event" (
    "id" UUID NOT NULL,
    "at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "level" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "subjectType" TEXT,
    "subjectId" TEXT,
    "notifiedChannels" TEXT[] DEFAULT ARRAY[]::TEXT[],

    CONSTRAINT "event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "setting" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "setting_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE UNIQUE INDEX "session_token_key" ON "session"("token");

-- CreateIndex
CREATE INDEX "session_userId_idx" ON "session"("userId");

-- CreateIndex
CREATE INDEX "account_userId_idx" ON "account"("userId");

-- CreateIndex
CREATE INDEX "verification_identifier_idx" ON "verification"("identifier");

-- CreateIndex
CREATE UNIQUE INDEX "rate_limit_key_key" ON "rate_limit"("key");

-- CreateIndex
CREATE UNIQUE INDEX "api_token_secretHash_key" ON "api_token"("secretHash");

-- CreateIndex
CREATE INDEX "api_token_createdBy_idx" ON "api_token"("createdBy");

-- CreateIndex
CREATE UNIQUE INDEX "join_token_secretHash_key" ON "join_token"("secretHash");

-- CreateIndex
CREATE UNIQUE INDEX "agent_address_key" ON "agent"("address");

-- CreateIndex
CREATE UNIQUE INDEX "agent_credentialHash_key" ON "agent"("credentialHash");

-- CreateIndex
CREATE UNIQUE INDEX "storage_node_name_key" ON "storage_node"("name");

-- CreateIndex
CREATE UNIQUE INDEX "storage_node_credentialHash_key" ON "storage_node"("credentialHash");

-- CreateIndex
CREATE UNIQUE INDEX "repository_sourceAddress_key" ON "repository"("sourceAddress");

-- CreateIndex
CREATE INDEX "task_sourceAddress_idx" ON "task"("sourceAddress");

-- CreateIndex
CREATE INDEX "run_state_idx" ON "run"("state");

-- CreateIndex
CREATE INDEX "run_taskId_createdAt_idx" ON "run"("taskId", "createdAt");

-- CreateIndex
CREATE INDEX "run_createdAt_idx" ON "run"("createdAt");

-- CreateIndex
CREATE INDEX "run_sourceAddress_createdAt_idx" ON "run"("sourceAddress", "createdAt");

-- CreateIndex
CREATE INDEX "snapshot_repositoryId_recordedAt_idx" ON "snapshot"("repositoryId", "recordedAt");

-- CreateIndex
CREATE INDEX "snapshot_sourceAddress_recordedAt_idx" ON "snapshot"("sourceAddress", "recordedAt");

-- CreateIndex
CREATE INDEX "event_at_idx" ON "event"("at");

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_createdBy_fkey" FOREIGN KEY ("createdBy") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "copy" ADD CONSTRAINT "copy_repositoryId_fkey" FOREIGN KEY ("repositoryId") REFERENCES "repository"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "copy" ADD CONSTRAINT "copy_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES "storage_node"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "task" ADD CONSTRAINT "task_repositoryId_fkey" FOREIGN KEY ("repositoryId") REFERENCES "repository"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_taskId_fkey" FOREIGN KEY ("taskId") REFERENCES "task"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_agentId_fkey" FOREIGN KEY ("agentId") REFERENCES "agent"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "applied_report" ADD CONSTRAINT "applied_report_runId_fkey" FOREIGN KEY ("runId") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "snapshot" ADD CONSTRAINT "snapshot_repositoryId_fkey" FOREIGN KEY ("repositoryId") REFERENCES "repository"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "snapshot_copy" ADD CONSTRAINT "snapshot_copy_snapshotId_fkey" FOREIGN KEY ("snapshotId") REFERENCES "snapshot"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "snapshot_copy" ADD CONSTRAINT "snapshot_copy_repositoryId_nodeId_fkey" FOREIGN KEY ("repositoryId", "nodeId") REFERENCES "copy"("repositoryId", "nodeId") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "speed" ADD CONSTRAINT "speed_agentId_fkey" FOREIGN KEY ("agentId") REFERENCES "agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "speed" ADD CONSTRAINT "speed_nodeId_fkey" FOREIGN KEY ("nodeId") REFERENCES "storage_node"("id") ON DELETE CASCADE ON UPDATE CASCADE;
