package eql_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/rule"
)

const behavior = `[rule]
description = "d"
id = "33333333-2222-3333-4444-555555555555"
license = "Apache-2.0"
name = "NAME"
os_list = OS
reputation = true
version = "1.0.1"
query = '''
QUERY
'''
min_endpoint_version = "8.1.0"
optional_actions = []
[[actions]]
action = "kill_process"
field = "process.entity_id"
state = STATE

[[threat]]
framework = "MITRE ATT&CK"
[threat.tactic]
id = "TA0002"
name = "Execution"
reference = "https://attack.mitre.org/tactics/TA0002/"

[internal]
min_endpoint_version = "8.1.0"
`

func behaviorFile(name, os, state, query string) *fstest.MapFile {
	text := strings.NewReplacer("NAME", name, "OS", os, "STATE", state, "QUERY", query).Replace(behavior)
	return &fstest.MapFile{Data: []byte(text)}
}

// TestBehaviorRules runs two rules with one id for different systems, each over
// the events of its own.
func TestBehaviorRules(t *testing.T) {
	const query = `sequence by user.id with maxspan=1m
  [process where _arraysearch(process.thread.Ext.call_stack, $e, $e.symbol_info : "*!x*")] as one
  [process where startswith~(process.command_line, one.process.name) and user.id != 0]`
	set := rule.LoadFS(fstest.MapFS{
		"linux/a.toml":   behaviorFile("A", `["linux"]`, "1", query),
		"windows/a.toml": behaviorFile("A", `["windows"]`, "1", query),
	})
	require.Empty(t, set.Problems)
	queries, err := eql.CompileRules(set.Rules)
	require.NoError(t, err)
	require.Len(t, queries, 2)

	event := func(ms int, system, rest string) eql.Event {
		return eql.JSON([]byte(strings.NewReplacer("MS", string(rune('0'+ms)), "OS", system, "REST", rest).
			Replace(`{"@timestamp": MS, "event": {"category": "process"}, "host": {"id": "h-OS", "os": {"type": "OS"}}, "user": {"id": "5"}, REST}`)))
	}
	const (
		first  = `"process": {"name": "a", "thread": {"Ext": {"call_stack": [{"symbol_info": "k!y"}, {"symbol_info": "k!x"}]}}}`
		second = `"process": {"command_line": "A b"}`
	)
	var got []string
	s := eql.NewEngine(queries...).NewStream()
	for _, ev := range []eql.Event{
		event(1, "windows", first), event(2, "macos", first), event(3, "linux", second), event(4, "macos", second),
		event(5, "windows", second), event(6, "linux", first), event(7, "linux", second),
	} {
		require.NoError(t, s.Push(ev, func(m eql.Match) bool {
			r := eql.RuleOf(m.Query)
			assert.Equal(t, []rule.Response{{Action: "kill_process", Field: "process.entity_id", State: 1, Source: r.Responses[0].Source}}, r.Responses)
			assert.True(t, r.Reputation)
			got = append(got, r.OS[0]+" "+m.Events[1].Field("@timestamp").String())
			return true
		}))
	}
	assert.Equal(t, []string{"windows 5", "linux 7"}, got)
}

// TestResponseState refuses an action about an event that no match has.
func TestResponseState(t *testing.T) {
	const pair = "sequence by a with maxspan=1m [any where true] with runs=2 [any where true]"
	for state, ok := range map[string]bool{"0": true, "2": true, "3": false} {
		set := rule.LoadFS(fstest.MapFS{"a.toml": behaviorFile("A", `["linux"]`, state, pair)})
		require.Empty(t, set.Problems)
		_, err := eql.CompileRule(set.Rules[0])
		if ok {
			assert.NoError(t, err)
			continue
		}
		var list eql.List
		require.ErrorAs(t, err, &list)
		assert.Contains(t, list.Error(), "a.toml:17:1: the action is about event 3 of a match, but the last one is 2")
	}
}
