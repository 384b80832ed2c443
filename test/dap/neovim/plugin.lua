-- The real nvim-dap, from the folder that the plan names, driven through its own functions.
local PATIENCE = 60000

local M = {}
local dap, stopped, scopes, left, read

local function wait(what, condition)
  if not vim.wait(PATIENCE, condition, 5) then error('waited in vain for ' .. what) end
end

local function look()
  wait('a stop', function() return stopped and scopes and left == 0 end)
  local frame = dap.session().current_frame
  return {
    reason = stopped.reason,
    frame = frame,
    scopes = scopes,
    read = read,
    cursor = { vim.api.nvim_buf_get_name(0), vim.api.nvim_win_get_cursor(0)[1] },
  }
end

local function listen()
  dap.listeners.before.event_stopped.walk = function(_, body) stopped, scopes, left, read = body, nil, 0, 0 end
  dap.listeners.after.scopes.walk = function(_, err, body)
    assert(not err, err and err.message)
    for _, scope in ipairs(body.scopes) do left = left + (scope.expensive and 0 or 1) end
    scopes = body.scopes
  end
  dap.listeners.after.variables.walk = function(_, err)
    assert(not err, err and err.message)
    left, read = left - 1, read + 1
  end
end

function M.start(plan, config)
  vim.opt.runtimepath:prepend(plan.plugin)
  vim.cmd('runtime plugin/dap.lua')
  dap = require('dap')
  local command = table.remove(plan.adapter, 1)
  dap.adapters.rewind = {
    type = 'executable', command = command, args = plan.adapter, options = { source_filetype = 'markdown' },
  }
  listen()
  vim.cmd('edit ' .. vim.fn.fnameescape(plan.file))
  vim.api.nvim_win_set_cursor(0, { plan.line, 0 })
  dap.set_breakpoint(plan.condition)
  dap.run(config)
  return look()
end

local MOVES = {
  continue = 'continue', next = 'step_over', stepIn = 'step_into', stepOut = 'step_out',
  stepBack = 'step_back', reverseContinue = 'reverse_continue',
}

function M.move(command)
  stopped = nil
  dap[MOVES[command]]()
  return look()
end

function M.evaluate(expression)
  local answer, failure
  dap.session():evaluate(expression, function(err, body) answer, failure = body, err end)
  wait('evaluate', function() return answer or failure end)
  assert(answer, failure and failure.message)
  return answer.result
end

function M.console(line)
  stopped = nil
  M.evaluate(line)
  return look()
end

function M.leave()
  local answered
  dap.disconnect(nil, function(err) answered = err or true end)
  wait('disconnect', function() return answered end)
  assert(answered == true, tostring(answered))
end

return M
