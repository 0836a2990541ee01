-- A lease for one more running request, unless as many run as are allowed.
-- KEYS[1] the leases of one account: a member for each, by the milliseconds at which it ends
-- ARGV    1 how many are allowed, 2 how long a lease lasts in milliseconds, 3 the lease's name
-- Answers 1, or 0 when all places are taken.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lasts = tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
-- No lease ends later than one that begins now, but for a clock that was set back a little; far later is of before it was set back far.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. (now + 2 * lasts), '+inf')
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then
  return 0
end
redis.call('ZADD', KEYS[1], now + lasts, ARGV[3])
redis.call('PEXPIRE', KEYS[1], lasts)
return 1
