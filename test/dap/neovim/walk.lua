-- Walks a recording in a headless Neovim and writes down where it stood, one JSON object a stop.
-- REWIND_WALK: { adapter, file, line, condition, plugin?, client, report }, as neovim.test.ts gives it.
local plan = vim.json.decode(vim.env.REWIND_WALK)
local client = dofile(plan.client)
local report = {}

local function stand(move, stop)
  local frame = stop.frame
  table.insert(report, {
    move = move,
    reason = stop.reason,
    name = frame.name,
    line = frame.line,
    path = frame.source and frame.source.path or vim.NIL,
    scopes = vim.tbl_map(function(scope) return scope.name end, stop.scopes),
    read = stop.read,
    -- Where the editor itself would be: the plugin moves its cursor, our own client has none.
    cursor = stop.cursor or vim.NIL,
  })
end

local function walk()
  stand('launch', client.start(plan, {
    type = 'rewind', request = 'launch', name = 'Rewind: latest recording', mode = 'session', session = 'taped',
  }))
  for _, move in ipairs({ 'continue', 'stepIn', 'stepOut', 'stepBack', 'reverseContinue', 'next' }) do
    stand(move, client.move(move))
  end
  stand('goto 6', client.console('goto 6'))
  table.insert(report, { move = 'evaluate', result = client.evaluate('usage.total > 0') })
  client.leave()
  table.insert(report, { move = 'disconnect', left = true })
end

local ok, failure = xpcall(walk, debug.traceback)
if not ok then table.insert(report, { failure = failure }) end
vim.fn.writefile(vim.tbl_map(vim.json.encode, report), plan.report)
vim.cmd(ok and 'qall!' or 'cquit!')
