package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestQuery_dialect has --dialect mean the same to all commands that take it.
func TestQuery_dialect(t *testing.T) {
	const events = `{"@timestamp":1,"event":{"category":"process"},"a":["x"],"user":{"id":"0"}}` + "\n"
	const text, number = `process where _arraysearch(a, $v, $v == "x")`, `process where user.id == 0`
	tests := []struct {
		dialect, query string
		code           int
		want           string
	}{
		{"endpoint", text, exitOK, events},
		{"endpoint", number, exitOK, events},
		{"elasticsearch", number, exitOK, ""},
		{"auto", number, exitOK, ""},
		{"elasticsearch", text, exitProblems, ""},
		{"auto", text, exitProblems, ""},
	}
	for _, tt := range tests {
		t.Run(tt.dialect+" "+tt.query, func(t *testing.T) {
			got := execute(t, events, "query", "--dialect", tt.dialect, tt.query)
			assert.Equal(t, tt.code, got.code, got.err)
			assert.Equal(t, tt.want, got.out)
			if tt.code != exitOK {
				assert.Contains(t, got.err, "only in the endpoint dialect")
			}
			assert.Equal(t, tt.code, execute(t, "", "explain", "--dialect", tt.dialect, tt.query).code)
		})
	}
}

// TestEndpointBounds has the flags bound what named steps and descendant of keep.
func TestEndpointBounds(t *testing.T) {
	const files = `{"@timestamp":1,"event":{"category":"file"},"path":"a"}
{"@timestamp":2,"event":{"category":"file"},"path":"b"}
{"@timestamp":3,"event":{"category":"process"},"path":"a"}
`
	const processes = `{"@timestamp":1,"event":{"category":"process","action":"start"},"process":{"entity_id":"A","name":"m"}}
{"@timestamp":2,"event":{"category":"process","action":"start"},"process":{"entity_id":"B","name":"m"}}
{"@timestamp":3,"event":{"category":"process","action":"start"},"process":{"entity_id":"C","parent":{"entity_id":"A"}}}
`
	tests := []struct {
		name, flag, query, events string
	}{
		{"partial sequences", "--partials-per-key", `sequence [file where true] as f [process where path == f.path]`, files},
		{"processes", "--max-processes", `process where descendant of [process where process.name == "m"]`, processes},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rules := file(t, "one.eql", tt.query)
			run := func(args ...string) result {
				return execute(t, tt.events, append([]string{"run", "--dialect", "endpoint", "--rules", rules}, args...)...)
			}
			query := func(args ...string) result {
				return execute(t, tt.events, append([]string{"query", "--dialect", "endpoint"}, append(args, tt.query)...)...)
			}
			for _, command := range []func(...string) result{run, query} {
				assert.NotEmpty(t, command().out)
				assert.NotEmpty(t, command(tt.flag, "2").out)
				bounded := command(tt.flag, "1")
				assert.Empty(t, bounded.out, "what the event belongs to was to be forgotten")
				assert.Equal(t, exitOK, bounded.code)
				assert.Equal(t, exitUsage, command(tt.flag, "-1").code)
			}
		})
	}
}
