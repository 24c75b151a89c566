-- Posts vacancies: the body is read once, and only its reference differs. RACE_TAG keeps runs and sides apart.
local file = assert(io.open(os.getenv("RACE_BODY")))
local before, after = file:read("*a"):match("^(.*)REFERENCE(.*)$")
file:close()
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init()
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  count, tag = 0, os.getenv("RACE_TAG")
end

function request()
  count = count + 1
  return wrk.format(nil, nil, nil, before .. tag .. "-" .. number .. "-" .. count .. after)
end
