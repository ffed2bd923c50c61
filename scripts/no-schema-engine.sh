#!/bin/sh
# Prisma's schema engine is a download that many machines cannot make, and `prisma generate` does not need it.
# It must fail: an engine that "succeeds" would let `prisma migrate` claim to have applied what it did not.
exit 1
