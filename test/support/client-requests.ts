import type { DialectId } from '../../src/core/dialect-id.ts'
import type { JsonObject } from '../../src/core/json.ts'

/** Requests as clients send them, which between them use what each format has that others have not. */
export const CLIENT_REQUESTS: readonly {
  readonly source: DialectId
  readonly name: string
  readonly body: JsonObject
}[] = [
  {
    source: 'openai-chat',
    name: 'hints',
    body: {
      model: 'asked',
      messages: [
        { role: 'developer', content: 'Be brief', name: 'dev' },
        { role: 'user', name: 'ann', content: [{ type: 'text', text: 'Hi' }] },
        { role: 'assistant', content: null, refusal: 'No' },
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0=', detail: 'low' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERg==' } },
            { type: 'text', text: 'Look', prompt_cache_breakpoint: { mode: 'explicit' } },
          ],
        },
      ],
      max_completion_tokens: 2000,
      prediction: { type: 'content', content: 'x' },
      metadata: { team: 'a' },
      user: 'u1',
      safety_identifier: 's1',
      prompt_cache_key: 'k',
      reasoning_effort: 'low',
      verbosity: 'low',
      service_tier: 'flex',
      store: true,
      stream: true,
      stream_options: { include_usage: true },
      seed: 0,
      parallel_tool_calls: false,
      tools: [
        {
          type: 'function',
          function: {
            name: 'f',
            description: 'F',
            parameters: { type: 'object', properties: {} },
            strict: false,
          },
        },
      ],
      tool_choice: 'auto',
    },
  },
  {
    source: 'openai-chat',
    name: 'tools in the old spelling, and nulls',
    body: {
      model: 'asked',
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'S' }] },
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"a":1}' } },
        { role: 'function', name: 'f', content: 'done' },
        { role: 'user', content: 'Go on' },
      ],
      max_tokens: 100,
      functions: [{ name: 'f', description: 'F', parameters: { type: 'object', properties: {} } }],
      function_call: 'auto',
      temperature: null,
      logit_bias: null,
      metadata: null,
      response_format: { type: 'text' },
    },
  },
  {
    source: 'openai-completions',
    name: 'a prompt',
    body: {
      model: 'asked',
      prompt: 'Once',
      max_tokens: 16,
      temperature: 0.5,
      user: 'u1',
      seed: 1,
      stream: true,
    },
  },
  {
    source: 'openai-responses',
    name: 'an agent’s history',
    body: {
      model: 'asked',
      instructions: 'Be brief',
      input: [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
        {
          type: 'reasoning',
          id: 'rs_1',
          summary: [{ type: 'summary_text', text: 'T' }],
          encrypted_content: 'AAAA',
        },
        {
          type: 'message',
          id: 'msg_1',
          role: 'assistant',
          status: 'completed',
          phase: 'commentary',
          content: [{ type: 'output_text', text: 'Let me look', annotations: [], logprobs: [] }],
        },
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}', id: 'fc_1', status: 'completed' },
        { type: 'custom_tool_call', call_id: 'c2', name: 'apply', input: 'text', id: 'ctc_1' },
        { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_text', text: 'ok' }] },
        { type: 'custom_tool_call_output', call_id: 'c2', output: 'done' },
        { role: 'developer', content: 'Mind the gap' },
        { role: 'user', content: 'Go on' },
      ],
      tools: [
        {
          type: 'function',
          name: 'f',
          description: 'F',
          parameters: { type: 'object', properties: {} },
          strict: false,
        },
        { type: 'custom', name: 'apply', description: 'A', format: { type: 'text' } },
        { type: 'web_search' },
      ],
      tool_choice: 'auto',
      max_output_tokens: 2000,
      parallel_tool_calls: true,
      reasoning: { effort: 'low', summary: 'auto' },
      text: { verbosity: 'low' },
      include: ['reasoning.encrypted_content'],
      prompt_cache_key: 'k',
      safety_identifier: 's',
      service_tier: 'priority',
      metadata: { team: 'a' },
      truncation: 'disabled',
      store: false,
      stream: true,
    },
  },
  {
    source: 'anthropic-messages',
    name: 'an agent’s history',
    body: {
      model: 'asked',
      max_tokens: 2000,
      system: [{ type: 'text', text: 'Be brief', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }] },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'T', signature: 'AAAA' },
            { type: 'redacted_thinking', data: 'AAAA' },
            { type: 'text', text: 'Let me look' },
            { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'toolu_1',
              is_error: true,
              content: [
                { type: 'text', text: 'no' },
                { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0=' } },
              ],
            },
            {
              type: 'document',
              title: 'T',
              source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERg==' },
            },
            { type: 'text', text: 'Go on' },
          ],
        },
      ],
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'high' },
      metadata: { user_id: 'u'.repeat(200) },
      service_tier: 'standard_only',
      tools: [
        {
          name: 'f',
          description: 'F',
          input_schema: { type: 'object', properties: {} },
          cache_control: { type: 'ephemeral' },
        },
        { type: 'web_search_20250305', name: 'web_search', max_uses: 3 },
      ],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      stream: true,
    },
  },
  {
    source: 'gemini',
    name: 'an agent’s history',
    body: {
      systemInstruction: { parts: [{ text: 'Be brief' }] },
      contents: [
        {
          role: 'user',
          parts: [{ text: 'Hi' }, { inlineData: { mimeType: 'image/png', data: 'iVBORw0=' } }],
        },
        {
          role: 'model',
          parts: [
            { text: 'T', thought: true },
            { text: 'Let me look' },
            { functionCall: { id: 'c1', name: 'f', args: {} }, thoughtSignature: 'AAAA' },
          ],
        },
        { role: 'user', parts: [{ functionResponse: { id: 'c1', name: 'f', response: { output: 'ok' } } }] },
        { role: 'user', parts: [{ text: 'Go on' }] },
      ],
      tools: [
        {
          functionDeclarations: [
            { name: 'f', description: 'F', parameters: { type: 'OBJECT', properties: {} } },
          ],
        },
        { googleSearch: {} },
      ],
      toolConfig: { functionCallingConfig: { mode: 'AUTO' } },
      generationConfig: {
        maxOutputTokens: 2000,
        temperature: 1,
        topK: 40,
        thinkingConfig: { thinkingLevel: 'LOW', includeThoughts: true },
        mediaResolution: 'MEDIA_RESOLUTION_LOW',
        responseModalities: ['TEXT'],
      },
    },
  },
]
