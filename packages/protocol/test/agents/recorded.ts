/**
 * What agents have printed in November 2026 when a stand-in of their provider had them read or write a file: Claude Code
 * 2.1.197, Codex 0.169.0, Gemini CLI 0.61.0, opencode 1.18.20, pi 0.74.2 and Kimi Code 2.1.0. Fields that nobody reads are
 * left out. The lines of Cursor are those of its documentation.
 */
export const RECORDED = {
  claude: [
    '{"type":"system","subtype":"init","cwd":"/work","session_id":"737309dc","model":"claude-sonnet-4-5"}',
    '{"type":"assistant","message":{"id":"msg_1","role":"assistant","model":"claude-sonnet-4-5","content":[{"type":"tool_use","id":"toolu_1","name":"Bash","input":{"command":"npm test"}}],"usage":{"input_tokens":900,"output_tokens":1}},"session_id":"737309dc"}',
    '{"type":"user","message":{"role":"user","content":[{"tool_use_id":"toolu_1","type":"tool_result","content":"1 passed"}]},"session_id":"737309dc"}',
    '{"type":"assistant","message":{"id":"msg_2","role":"assistant","content":[{"type":"tool_use","id":"toolu_2","name":"Write","input":{"file_path":"/work/one.txt","content":"made\\n"}}]},"session_id":"737309dc"}',
    '{"type":"assistant","message":{"id":"msg_3","role":"assistant","content":[{"type":"text","text":"It is done."}]},"session_id":"737309dc"}',
    '{"type":"result","subtype":"success","is_error":false,"api_error_status":null,"num_turns":3,"result":"It is done.","session_id":"737309dc","total_cost_usd":0.00606,"usage":{"input_tokens":1800,"cache_creation_input_tokens":0,"cache_read_input_tokens":200,"output_tokens":40},"modelUsage":{"claude-sonnet-4-5":{"inputTokens":1800,"outputTokens":40,"cacheReadInputTokens":200,"cacheCreationInputTokens":0}}}',
  ],
  codex: [
    '{"type":"thread.started","thread_id":"01a207b6"}',
    '{"type":"turn.started"}',
    '{"type":"item.started","item":{"id":"item_1","type":"command_execution","command":"/bin/bash -lc \'npm test\'","aggregated_output":"","exit_code":null,"status":"in_progress"}}',
    '{"type":"item.completed","item":{"id":"item_1","type":"command_execution","command":"/bin/bash -lc \'npm test\'","aggregated_output":"","exit_code":0,"status":"completed"}}',
    '{"type":"item.completed","item":{"id":"item_2","type":"file_change","changes":[{"path":"/work/one.txt","kind":"add"}],"status":"completed"}}',
    '{"type":"item.completed","item":{"id":"item_3","type":"agent_message","text":"It is done."}}',
    '{"type":"turn.completed","usage":{"input_tokens":2000,"cached_input_tokens":200,"cache_write_input_tokens":0,"output_tokens":40,"reasoning_output_tokens":0}}',
  ],
  gemini: [
    '{"type":"init","timestamp":"2026-11-23T09:21:08.691Z","session_id":"7dbebe94","model":"gemini-2.5-pro"}',
    '{"type":"message","timestamp":"2026-11-23T09:21:08.695Z","role":"user","content":"make one.txt\\n"}',
    '{"type":"tool_use","timestamp":"2026-11-23T09:21:08.788Z","tool_name":"run_shell_command","tool_id":"t0","parameters":{"command":"npm test"}}',
    '{"type":"tool_result","timestamp":"2026-11-23T09:21:08.852Z","tool_id":"t0","status":"success"}',
    '{"type":"tool_use","timestamp":"2026-11-23T09:21:08.788Z","tool_name":"write_file","tool_id":"t1","parameters":{"file_path":"one.txt","content":"made\\n"}}',
    '{"type":"message","timestamp":"2026-11-23T09:21:08.872Z","role":"assistant","content":"It is ","delta":true}',
    '{"type":"message","timestamp":"2026-11-23T09:21:08.872Z","role":"assistant","content":"done.","delta":true}',
    '{"type":"result","timestamp":"2026-11-23T09:21:08.875Z","status":"success","stats":{"total_tokens":2040,"input_tokens":2000,"output_tokens":40,"cached":200,"input":1800,"tool_calls":2,"models":{"gemini-2.5-pro":{"total_tokens":2040,"input_tokens":2000,"output_tokens":40,"cached":200,"input":1800}}}}',
  ],
  opencode: [
    '{"type":"step_start","timestamp":1795425673866,"sessionID":"ses_df84","part":{"id":"prt_1","sessionID":"ses_df84","type":"step-start"}}',
    '{"type":"tool_use","timestamp":1795425673901,"sessionID":"ses_df84","part":{"type":"tool","tool":"bash","callID":"call_0","state":{"status":"completed","input":{"command":"npm test"},"output":"1 passed"}}}',
    '{"type":"tool_use","timestamp":1795425673901,"sessionID":"ses_df84","part":{"type":"tool","tool":"write","callID":"call_1","state":{"status":"completed","input":{"filePath":"/work/one.txt","content":"made\\n"},"output":"Wrote file successfully."}}}',
    '{"type":"step_finish","timestamp":1795425673989,"sessionID":"ses_df84","part":{"id":"prt_2","reason":"tool-calls","type":"step-finish","tokens":{"total":1020,"input":900,"output":20,"reasoning":0,"cache":{"write":0,"read":100}},"cost":0}}',
    '{"type":"text","timestamp":1795425674173,"sessionID":"ses_df84","part":{"id":"prt_3","type":"text","text":"It is done."}}',
    '{"type":"step_finish","timestamp":1795425674263,"sessionID":"ses_df84","part":{"id":"prt_4","reason":"stop","type":"step-finish","tokens":{"total":1020,"input":900,"output":20,"reasoning":0,"cache":{"write":0,"read":100}},"cost":0}}',
  ],
  pi: [
    '{"type":"session","version":3,"id":"01a207b5","timestamp":"2026-11-23T09:21:15.638Z","cwd":"/work"}',
    '{"type":"agent_start"}',
    '{"type":"message_end","message":{"role":"user","content":[{"type":"text","text":"make one.txt"}]}}',
    '{"type":"message_end","message":{"role":"assistant","content":[{"type":"toolCall","id":"call_1","name":"write","arguments":{"path":"one.txt","content":"made\\n"}}],"provider":"local","model":"m","usage":{"input":900,"output":20,"cacheRead":100,"cacheWrite":0,"totalTokens":1020,"cost":{"total":0.0004}},"stopReason":"toolUse"}}',
    '{"type":"tool_execution_start","toolCallId":"call_0","toolName":"bash","args":{"command":"npm test"}}',
    '{"type":"tool_execution_start","toolCallId":"call_1","toolName":"write","args":{"path":"one.txt","content":"made\\n"}}',
    '{"type":"message_end","message":{"role":"toolResult","toolName":"write","content":[{"type":"text","text":"Successfully wrote 5 bytes"}],"isError":false}}',
    '{"type":"message_end","message":{"role":"assistant","content":[{"type":"text","text":"It is done."}],"provider":"local","model":"m","usage":{"input":900,"output":20,"cacheRead":100,"cacheWrite":0,"totalTokens":1020,"cost":{"total":0.0004}},"stopReason":"stop"}}',
    '{"type":"turn_end","message":{"role":"assistant","content":[{"type":"text","text":"It is done."}],"model":"m","usage":{"input":900,"output":20},"stopReason":"stop"},"toolResults":[]}',
    '{"type":"agent_end","messages":[{"role":"assistant","content":[{"type":"text","text":"It is done."}],"model":"m","usage":{"input":900,"output":20},"stopReason":"stop"}]}',
  ],
  kimi: [
    '{"role":"meta","type":"system.version","version":"2.1.0"}',
    String.raw`{"role":"assistant","tool_calls":[{"type":"function","id":"call_1","function":{"name":"Bash","arguments":"{\"command\":\"npm test\"}"}}]}`,
    '{"role":"tool","tool_call_id":"call_1","content":"1 passed"}',
    String.raw`{"role":"assistant","tool_calls":[{"type":"function","id":"call_2","function":{"name":"Write","arguments":"{\"path\":\"one.txt\",\"content\":\"made\\n\"}"}}]}`,
    '{"role":"assistant","content":"It is done."}',
    '{"role":"meta","type":"session.resume_hint","session_id":"session_eada","command":"kimi -r session_eada","content":"To resume this session: kimi -r session_eada"}',
  ],
  cursor: [
    '{"type":"system","subtype":"init","apiKeySource":"login","cwd":"/work","session_id":"c6b62c6f","model":"Auto","permissionMode":"default"}',
    '{"type":"tool_call","subtype":"started","call_id":"t1","tool_call":{"shellToolCall":{"args":{"command":"npm test"}}},"session_id":"c6b62c6f"}',
    '{"type":"tool_call","subtype":"started","call_id":"t2","tool_call":{"writeToolCall":{"args":{"path":"one.txt","fileText":"made\\n"}}},"session_id":"c6b62c6f"}',
    '{"type":"tool_call","subtype":"completed","call_id":"t2","tool_call":{"writeToolCall":{"args":{"path":"one.txt"},"result":{"success":{"path":"/work/one.txt"}}}},"session_id":"c6b62c6f"}',
    '{"type":"assistant","message":{"role":"assistant","content":[{"type":"text","text":"It is done."}]},"session_id":"c6b62c6f"}',
    '{"type":"result","subtype":"success","duration_ms":5234,"is_error":false,"result":"It is done.","session_id":"c6b62c6f"}',
  ],
} as const satisfies Record<string, readonly string[]>;
