-- The requests that nvim-dap sends, in its order and with its arguments, from Neovim's own event loop.
local uv = vim.loop
local PATIENCE = 60000

local M = {}
local seq, answers, stopped, initialized, ended = 0, {}, nil, false, nil
local stdin, stdout, stderr, adapter = uv.new_pipe(false), uv.new_pipe(false), uv.new_pipe(false), nil
local said, frame_id = '', nil

local function wait(what, condition)
  vim.wait(PATIENCE, function() return ended ~= nil or condition() end, 5)
  if condition() then return end
  error(('waited in vain for %s; the adapter %s%s'):format(what, ended or 'is running', said))
end

local function send(command, arguments)
  seq = seq + 1
  local json = vim.json.encode({ seq = seq, type = 'request', command = command, arguments = arguments })
  stdin:write(('Content-Length: %d\r\n\r\n%s'):format(#json, json))
  return seq
end

local function ask(command, arguments)
  local own = send(command, arguments)
  wait(command, function() return answers[own] ~= nil end)
  local answer = answers[own]
  if not answer.success then error(('%s: %s'):format(command, answer.message)) end
  return answer.body
end

local function heard(message)
  if message.type == 'response' then answers[message.request_seq] = message
  elseif message.event == 'initialized' then initialized = true
  elseif message.event == 'stopped' then stopped = message.body
  end
end

local function listen()
  local bytes = ''
  return function(err, chunk)
    assert(not err, err)
    bytes = bytes .. (chunk or '')
    while true do
      local head, length = bytes:match('^(Content%-Length: (%d+)\r\n\r\n)')
      if not head or #bytes < #head + tonumber(length) then return end
      heard(vim.json.decode(bytes:sub(#head + 1, #head + tonumber(length))))
      bytes = bytes:sub(#head + tonumber(length) + 1)
    end
  end
end

-- What it asks at each stop.
local function look()
  wait('a stop', function() return stopped ~= nil end)
  local stop = { reason = stopped.reason, read = 0 }
  ask('threads')
  local frames = ask('stackTrace', { threadId = stopped.threadId }).stackFrames
  stop.frame = frames[1]
  frame_id = frames[1].id
  stop.scopes = ask('scopes', { frameId = frame_id }).scopes
  for _, scope in ipairs(stop.scopes) do
    if not scope.expensive then
      ask('variables', { variablesReference = scope.variablesReference })
      stop.read = stop.read + 1
    end
  end
  return stop
end

function M.start(plan, config)
  local command = table.remove(plan.adapter, 1)
  adapter = uv.spawn(command, { args = plan.adapter, stdio = { stdin, stdout, stderr } }, function(code)
    ended = ('ended with %d: '):format(code)
  end)
  assert(adapter, 'the adapter cannot be started')
  stdout:read_start(listen())
  stderr:read_start(function(_, chunk) said = said .. (chunk or '') end)
  local can = ask('initialize', {
    clientID = 'neovim',
    clientName = 'neovim',
    adapterID = 'nvim-dap',
    pathFormat = 'path',
    columnsStartAt1 = true,
    linesStartAt1 = true,
    supportsRunInTerminalRequest = true,
    supportsVariableType = true,
    supportsProgressReporting = true,
    supportsStartDebuggingRequest = true,
    locale = vim.env.LANG or 'en_US',
  })
  ask(config.request, config)
  wait('initialized', function() return initialized end)
  ask('setBreakpoints', {
    source = { path = plan.file, name = vim.fn.fnamemodify(plan.file, ':t') },
    sourceModified = false,
    breakpoints = { { line = plan.line, condition = plan.condition } },
    lines = { plan.line },
  })
  local filters = {}
  for _, filter in ipairs(can.exceptionBreakpointFilters) do
    if filter.default then table.insert(filters, filter.filter) end
  end
  ask('setExceptionBreakpoints', { filters = filters })
  ask('configurationDone')
  return look()
end

function M.move(command)
  local threadId = stopped.threadId
  stopped = nil
  ask(command, { threadId = threadId, granularity = 'statement' })
  return look()
end

function M.evaluate(expression)
  return ask('evaluate', { expression = expression, context = 'repl', frameId = frame_id }).result
end

function M.console(line)
  stopped = nil
  M.evaluate(line)
  return look()
end

function M.leave()
  ask('disconnect', { restart = false })
  vim.wait(PATIENCE, function() return ended ~= nil end, 5)
  assert(ended and ended:match('with 0'), 'the adapter did not end by itself: ' .. tostring(ended) .. said)
end

return M
