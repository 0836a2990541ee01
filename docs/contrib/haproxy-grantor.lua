-- Asks Grantor whether a request may pass, in HAProxy 2.6 and later. See docs/forward-auth.md.
--
--     lua-load /etc/haproxy/haproxy-grantor.lua
--     http-request lua.grantor http://127.0.0.1:8080/forward-auth api.example.com
--
-- The first argument is where Grantor is asked, the second the host by which it knows the environment.
-- Whatever goes wrong here ends in a refusal.

local TIMEOUT = 3000 -- milliseconds
-- What a client hears of a refusal.
local PASSED_ON = {
    ["allow"] = true,
    ["cache-control"] = true,
    ["content-type"] = true,
    ["ratelimit"] = true,
    ["ratelimit-policy"] = true,
    ["retry-after"] = true,
    ["www-authenticate"] = true,
    ["x-request-id"] = true,
}

-- What says from where, and under which name, a request came. HAProxy says that, not the client.
local WHENCE = {
    ["cf-connecting-ip"] = true,
    ["forwarded"] = true,
    ["true-client-ip"] = true,
    ["x-client-ip"] = true,
    ["x-cluster-client-ip"] = true,
    ["x-real-ip"] = true,
}

-- To many servers X_Grantor_Account and X.Grantor.Account are X-Grantor-Account.
local function plain(name)
    return (name:lower():gsub("[^a-z0-9]", "-"))
end

local function is_claim(name)
    local spelled = plain(name)
    return WHENCE[spelled] or spelled:find("^x%-grantor%-") or spelled:find("^x%-forwarded%-")
        or spelled:find("^x%-original%-") or spelled:find("^x%-rewrite%-")
end

-- The values of a header as HAProxy's Lua counts them: from 0.
local function values(lines)
    local list, index = {}, 0
    while lines and lines[index] ~= nil do
        list[#list + 1] = lines[index]
        index = index + 1
    end
    return list
end

local function refuse(txn, status, headers, body)
    local reply = txn:reply({ status = status })
    for name, lines in pairs(headers or {}) do
        if PASSED_ON[name] then
            for _, value in ipairs(values(lines)) do
                reply:add_header(name, value)
            end
        end
    end
    reply:set_body(body or "")
    txn:done(reply)
end

core.register_action("grantor", { "http-req" }, function(txn, address, authority)
    local received = txn.http:req_get_headers()
    -- HTTP/2 clients, and some of HTTP/1.1, send a whole URL.
    local target = txn.sf:pathq()
    local host, source = txn.sf:req_hdr("host"), txn.sf:src()
    local scheme = txn.f:ssl_fc() == 1 and "https" or "http"
    local asked = {
        ["host"] = { authority },
        ["x-original-method"] = { txn.sf:method() },
        ["x-original-uri"] = { target },
        ["x-original-host"] = { host },
        ["x-original-proto"] = { scheme },
        ["x-forwarded-for"] = { source },
    }
    for name, lines in pairs(received) do
        local spelled = plain(name)
        if name == "authorization" or spelled:find("method") then
            -- Two Authorization headers are two for Grantor as well, which refuses them.
            asked[name] = asked[name] or values(lines)
        end
        if is_claim(name) then
            txn.http:req_del_header(name)
        end
    end

    local client = core.httpclient()
    local ok, answer = pcall(function()
        return client:get({ url = address, headers = asked, timeout = TIMEOUT })
    end)
    if not ok or not answer or not answer.status or answer.status < 200 then
        return refuse(txn, 503, nil, "")
    end
    if answer.status ~= 200 then
        local status = answer.status
        if status < 400 or status > 599 then
            status = 503
        end
        return refuse(txn, status, answer.headers, answer.body)
    end
    -- The API is sent what was asked about, and no other name of the host.
    txn.http:req_set_uri(target)
    txn.http:req_set_header("x-forwarded-for", source)
    txn.http:req_set_header("x-forwarded-host", host)
    txn.http:req_set_header("x-forwarded-proto", scheme)
    for name, lines in pairs(answer.headers or {}) do
        if plain(name):find("^x%-grantor%-") then
            txn.http:req_set_header(name, values(lines)[1] or "")
        end
    end
    -- On a protected route the token has done its work.
    if (answer.headers or {})["x-grantor-credential"] then
        txn.http:req_del_header("authorization")
    end
end, 2)
