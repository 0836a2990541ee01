-- This node lives. How many do, and since when what is counted here has not been lost.
-- KEYS    1 the nodes: a member for each, by the milliseconds at which it was last heard of; 2 the name of what is counted here
-- ARGV    1 the node's name, 2 for how long a node counts that is not heard of, 3 a name for a beginning, 4 how long that is kept
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lasts = tonumber(ARGV[2])
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - lasts)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. (now + lasts), '+inf')
redis.call('PEXPIRE', KEYS[1], lasts)
redis.call('SET', KEYS[2], ARGV[3], 'NX')
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return { redis.call('ZCARD', KEYS[1]), redis.call('GET', KEYS[2]) }
