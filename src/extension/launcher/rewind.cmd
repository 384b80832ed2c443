@echo off
setlocal
set ELECTRON_RUN_AS_NODE=1
if not defined REWIND_NODE set REWIND_NODE=node
"%REWIND_NODE%" "%~dp0rewind.mjs" %*
