-- Leases of requests that still run begin anew, also those that were lost on the way.
-- KEYS    for each lease the key of its account; all in one slot
-- ARGV    1 how long a lease lasts in milliseconds, then each lease's name, in the order of KEYS
local time = redis.call('TIME')
local ends = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
for index, key in ipairs(KEYS) do
  redis.call('ZADD', key, ends, ARGV[index + 1])
  redis.call('PEXPIRE', key, ARGV[1])
end
return #KEYS
