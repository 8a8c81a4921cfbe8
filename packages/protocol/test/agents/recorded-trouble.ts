/** What the same releases have printed when their provider had reached a limit, or did not know the model. */
export const LIMITED = {
  claude: [
    '{"type":"system","subtype":"api_retry","attempt":4,"max_retries":10,"retry_delay_ms":4497.459,"error_status":429,"error":"rate_limit","session_id":"7a8b"}',
  ],
  codex: [
    '{"type":"error","message":"Reconnecting... 1/5 (exceeded retry limit, last status: 429 Too Many Requests)"}',
  ],
  gemini: [
    String.raw`{"type":"result","timestamp":"2026-11-23T09:32:33.515Z","status":"error","error":{"type":"unknown","message":"[API Error: Too many requests: the limit of this minute is reached]\nPlease wait and try again later."},"stats":{"total_tokens":0,"input_tokens":0,"output_tokens":0,"cached":0,"models":{}}}`,
  ],
  opencode: [
    '{"type":"error","timestamp":1795426401041,"sessionID":"ses_df83","error":{"name":"APIError","data":{"message":"Please slow down","statusCode":429,"isRetryable":true,"responseHeaders":{"retry-after":"2"}}}}',
  ],
  pi: [
    '{"type":"message_end","message":{"role":"assistant","content":[],"model":"m","usage":{"input":0,"output":0,"cacheRead":0,"cacheWrite":0},"stopReason":"error","errorMessage":"429 Too many requests"}}',
    '{"type":"agent_end","messages":[{"role":"assistant","content":[],"stopReason":"error","errorMessage":"429 Too many requests"}]}',
    '{"type":"auto_retry_start","attempt":1,"maxAttempts":3,"delayMs":2000,"errorMessage":"429 Too many requests"}',
  ],
  kimi: [
    '{"role":"meta","type":"turn.step.retrying","failed_attempt":1,"next_attempt":2,"max_attempts":10,"delay_ms":7200000,"error_name":"APIProviderRateLimitError","error_message":"429 Too many requests","status_code":429}',
  ],
} as const satisfies Record<string, readonly string[]>;

export const REFUSED = {
  claude: [
    '{"type":"assistant","message":{"model":"<synthetic>","role":"assistant","content":[{"type":"text","text":"API Error: 400 this model is not there"}]},"session_id":"8fe6","error":"unknown"}',
    '{"type":"result","subtype":"success","is_error":true,"api_error_status":400,"result":"API Error: 400 this model is not there","session_id":"8fe6","total_cost_usd":0,"usage":{"input_tokens":0,"output_tokens":0},"modelUsage":{}}',
  ],
  codex: [
    '{"type":"thread.started","thread_id":"01a207b6"}',
    '{"type":"error","message":"this model is not there"}',
    '{"type":"turn.failed","error":{"message":"this model is not there"}}',
  ],
  gemini: [
    '{"type":"init","session_id":"8a1c3f","model":"gemini-2.5-pro"}',
    '{"type":"result","status":"error","error":{"type":"unknown","message":"[API Error: this model is not there]"},"stats":{"input_tokens":0,"output_tokens":0,"models":{}}}',
  ],
  opencode: [
    '{"type":"error","sessionID":"ses_df83","error":{"name":"APIError","data":{"message":"this model is not there","statusCode":400}}}',
  ],
  pi: [
    '{"type":"session","version":3,"id":"019a-pi","cwd":"/w"}',
    '{"type":"message_end","message":{"role":"assistant","content":[],"stopReason":"error","errorMessage":"400 this model is not there"}}',
    '{"type":"agent_end","messages":[{"role":"assistant","content":[],"stopReason":"error","errorMessage":"400 this model is not there"}]}',
  ],
} as const satisfies Record<string, readonly string[]>;
