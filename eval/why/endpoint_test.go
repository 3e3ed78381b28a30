package why_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/why"
	"github.com/eqlkit/eqlkit/parser"
)

// endpoint compiles a query of the endpoint dialect.
func endpoint(t *testing.T, query string, systems []string) *eval.Query {
	t.Helper()
	tree, err := parser.Parse(&source.File{Name: "q", Text: query}, parser.Options{Dialect: ast.Endpoint})
	require.NoError(t, err)
	q, err := eval.Compile(tree, eval.Config{Dialect: ast.Endpoint, Systems: systems})
	require.NoError(t, err)
	return q
}

// over runs a query over NDJSON.
func over(t *testing.T, q *eval.Query, events string) *why.Recorder {
	t.Helper()
	r := why.NewRecorder(q)
	for line := range strings.Lines(events) {
		require.NoError(t, r.Push(event.JSON([]byte(line))))
	}
	r.Close()
	return r
}

const (
	dropped = `sequence with maxspan=1m [file where event.type == "creation"] as drop [process where process.executable == drop.file.path and user.id == 7]`
	started = `process where event.action == "start" and process.name == "x" and not descendant of [process where process.name == "sshd"]`
	search  = `library where _arraysearch(stack, $e, $e.symbol : "*!Load*" and $e.size > 4)`
)

// TestEndpointDialect shows accounts of what only the endpoint dialect has.
func TestEndpointDialect(t *testing.T) {
	tests := []struct {
		name, query string
		systems     []string
		events      string
		want        string
	}{
		{
			"no host", `sequence by user.id with maxspan=1m [file where true] [process where true]`, nil,
			`{"@timestamp":1000,"event":{"category":"file"},"user.id":"a"}`,
			`no match: 1 of 2 steps found its event (event 1) for user.id "a"
  no event followed that could be step 2 [process where true]`,
		},
		{
			"a reference fails", dropped, nil,
			`{"@timestamp":1000,"event":{"category":"file","type":"creation"},"host.id":"h","file.path":"/tmp/a"}
{"@timestamp":2000,"event":{"category":"process"},"host.id":"h","process.executable":"/tmp/b","user.id":"7"}`,
			`no match: 1 of 2 steps found its event (event 1) for host.id "h"
  event 2 fails step 2 [process where process.executable == drop.file.path and user...]:
    q:1:87: process.executable == drop.file.path was false
      process.executable is "/tmp/b"
      drop.file.path is "/tmp/a"`,
		},
		{
			"something beside the reference fails", dropped, nil,
			`{"@timestamp":1000,"event":{"category":"file","type":"creation"},"host.id":"h","file.path":"/tmp/a"}
{"@timestamp":2000,"event":{"category":"process"},"host.id":"h","process.executable":"/tmp/a","user.id":"8"}`,
			`no match: 1 of 2 steps found its event (event 1) for host.id "h"
  event 2 fails step 2 [process where process.executable == drop.file.path and user...]:
    q:1:128: user.id == 7 was false
      user.id is "8"`,
		},
		{
			"another host", dropped, nil,
			`{"@timestamp":1000,"event":{"category":"file","type":"creation"},"host.id":"h","file.path":"/tmp/a"}
{"@timestamp":2000,"event":{"category":"process"},"host.id":"i","process.executable":"/tmp/a","user.id":"7"}`,
			`no match: 1 of 2 steps found its event (event 1) for host.id "h"
  event 2 satisfies step 2 [process where process.executable == drop.file.path and user...], but the key differs: host.id "i" against host.id "h"`,
		},
		{
			"a reference holds", dropped, nil,
			`{"@timestamp":1000,"event":{"category":"file","type":"creation"},"host.id":"h","file.path":"/tmp/a"}
{"@timestamp":1500,"event":{"category":"file","type":"creation"},"host.id":"h","file.path":"/tmp/c"}
{"@timestamp":2000,"event":{"category":"process"},"host.id":"h","process.executable":"/tmp/a","user.id":"7"}`,
			`match 1: event 1, event 3
  event 1 satisfies step 1 [file where event.type == "creation"]:
    q:1:38: event.type == "creation" was true
      event.type is "creation"
  event 3 satisfies step 2 [process where process.executable == drop.file.path and user...]:
    q:1:87: process.executable == drop.file.path was true
      process.executable is "/tmp/a"
      drop.file.path is "/tmp/a"
    q:1:128: user.id == 7 was true
      user.id is "7"`,
		},
		{
			"descended after all", started, nil,
			`{"@timestamp":1000,"event":{"category":"process","action":"start"},"host.id":"h","process":{"name":"sshd","entity_id":"1"}}
{"@timestamp":2000,"event":{"category":"process","action":"start"},"host.id":"h","process":{"name":"x","entity_id":"2","parent.entity_id":"1"}}`,
			`no match
  event 2 fails the condition:
    q:1:67: not descendant of [process where process.name == "sshd"] was false
      process.entity_id is "2"
      process.parent.entity_id is "1"
      process.Ext.ancestry has no value
  event 1 fails the condition:
    q:1:43: process.name == "x" was false
      process.name is "sshd"`,
		},
		{
			"descends from nothing", started, nil,
			`{"@timestamp":2000,"event":{"category":"process","action":"start"},"host.id":"h","process":{"name":"x","entity_id":"2","parent.entity_id":"1"}}`,
			`match 1: event 1
  event 1 satisfies the condition:
    q:1:15: event.action == "start" was true
      event.action is "start"
    q:1:43: process.name == "x" was true
      process.name is "x"
    q:1:67: not descendant of [process where process.name == "sshd"] was true
      process.entity_id is "2"
      process.parent.entity_id is "1"
      process.Ext.ancestry has no value`,
		},
		{
			"no element", search, nil,
			`{"@timestamp":1,"event.category":"library","stack":[{"symbol":"a!Load","size":2},{"symbol":"b!Free","size":9}]}`,
			`no match
  event 1 fails the condition:
    q:1:15: _arraysearch(stack, $e, $e.symbol : "*!Load*" and $e.size > 4) was false
      $e.symbol is ["a!Load", "b!Free"]
      $e.size is [2, 9]`,
		},
		{
			"another operating system", `process where process.name == "x"`,
			[]string{"windows", "macos"},
			`{"@timestamp":1,"event.category":"process","process.name":"x","host.os.type":"linux"}`,
			`no match
  event 1 fails the condition:
    q:1:1: the operating system is windows or macos was false
      host.os.type is "linux"
      host.os.family has no value
      host.os.platform has no value`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := over(t, endpoint(t, tt.query, tt.systems), tt.events)
			assert.Equal(t, tt.want, r.Printer(nil).Account(r.Account()))
		})
	}
}

// TestTallyOfReferences: a predicate that refers to an earlier step is asked for
// each partial sequence that an event could continue.
func TestTallyOfReferences(t *testing.T) {
	r := over(t, endpoint(t, dropped, nil), `{"@timestamp":1000,"event":{"category":"process"},"host.id":"h","process.executable":"/tmp/a","user.id":7}
{"@timestamp":1000,"event":{"category":"file","type":"creation"},"host.id":"h","file.path":"/tmp/a"}
{"@timestamp":1500,"event":{"category":"file","type":"creation"},"host.id":"h","file.path":"/tmp/c"}
{"@timestamp":1600,"event":{"category":"process"},"host.id":"i","process.executable":"/tmp/a","user.id":7}
{"@timestamp":2000,"event":{"category":"process"},"host.id":"h","process.executable":"/tmp/a","user.id":7}
{"@timestamp":2000,"event":{"category":"process"},"host.id":"h","process.executable":"/tmp/a","user.id":8}`)
	got := r.Tally()
	assert.Equal(t, []int{2, 1, 3}, got.True)
	assert.Equal(t, []int{0, 1, 1}, got.False)
	assert.Equal(t, []int{2, 1}, got.Reached)
	preds := r.Probe().Predicates()
	assert.Equal(t, []bool{false, true, false}, []bool{preds[0].Waits, preds[1].Waits, preds[2].Waits})
}
