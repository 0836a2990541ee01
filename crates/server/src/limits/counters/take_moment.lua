-- One more at this moment, unless there were as many as are allowed within the window before it.
-- KEYS[1] the moments of one bucket: a member for each, by its milliseconds
-- ARGV    1 how many are allowed, 2 the window in milliseconds, 3 a name for this one
-- Answers 0, or the milliseconds until the next may come. A refused one leaves nothing behind.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local most, window = tonumber(ARGV[1]), tonumber(ARGV[2])
-- A clock that was set back a little does not open the limit; one that was set back far does not freeze it.
local newest = tonumber(redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2])
if newest and newest > now + window then
  redis.call('DEL', KEYS[1])
elseif newest and newest > now then
  now = newest
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. (now - window))
local count = redis.call('ZCARD', KEYS[1])
if count >= most then
  local first = redis.call('ZRANGE', KEYS[1], count - most, count - most, 'WITHSCORES')[2]
  return tonumber(first) + window + 1 - now
end
redis.call('ZADD', KEYS[1], now, ARGV[3])
redis.call('PEXPIRE', KEYS[1], window + 1)
return 0
