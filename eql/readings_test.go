package eql_test

import (
	"testing"

	"github.com/eqlkit/eqlkit/eql"
)

// endpoint is the option of all readings.
var endpoint = []eql.Option{eql.WithDialect(eql.Endpoint)}

// process is a document about one.
func process(at, id int, entity, parent, kind string) string {
	return doc(at, "process", id, `"host": {"id": "h"}, "event.type": "`+kind+`", "process": {"entity_id": "`+entity+`", "parent": {"entity_id": "`+parent+`"}}`)
}

// readings show the rows of the README's table of what the endpoint dialect
// means. More is among the scenarios of package eval.
var readings = []deviation{
	{"hosts", []deviationCase{
		{
			query: `sequence by user.id [a where true] [b where true]`, opts: endpoint, want: []string{"1 3"},
			docs: []string{
				doc(1, "a", 1, `"user.id": 5, "host.id": "h"`), doc(2, "b", 2, `"user.id": 5, "host.id": "g"`),
				doc(3, "b", 3, `"user.id": 5, "agent.id": "h"`),
			},
		},
		{
			query: `sequence by user.id [a where true] [b where true]`, want: []string{"1 2"},
			opts: []eql.Option{eql.WithDialect(eql.Endpoint), eql.WithHostFields()},
			docs: []string{doc(1, "a", 1, `"user.id": 5, "host.id": "h"`), doc(2, "b", 2, `"user.id": 5, "host.id": "g"`)},
		},
	}, nil},
	{"`os_list`", []deviationCase{
		{
			query: `any where true`, opts: []eql.Option{eql.WithDialect(eql.Endpoint), eql.WithSystems("macos")}, want: []string{"2", "3", "4"},
			docs: []string{
				doc(1, "a", 1, `"host.os.type": "linux"`), doc(2, "a", 2, `"host.os.type": "macos"`),
				doc(3, "a", 3, `"host.os.family": "darwin"`), doc(4, "a", 4, ""), doc(5, "a", 5, `"host.os.platform": "windows"`),
			},
		},
	}, nil},
	{"`_arraysearch`", []deviationCase{
		{query: `any where _arraysearch(f, $v, $v.x == 1)`, docs: some(`{"x": 1}`, `[{"x": 2}, {"x": 1}]`, `[]`), opts: endpoint, want: []string{"1", "2"}},
		{query: `any where not _arraysearch(f, $v, true)`, docs: some(`[null]`, ``, `5`), opts: endpoint, want: []string{"1", "2"}},
	}, nil},
	{"names of steps", []deviationCase{
		{
			query: `sequence [a where true] as e with runs=2 [b where n == e.n]`, opts: endpoint, want: []string{"1 2 5"},
			docs: []string{
				doc(1, "a", 1, `"n": 1`), doc(2, "a", 2, `"n": 2`), doc(3, "a", 3, `"n": 3`), doc(4, "a", 4, `"n": 4`),
				doc(5, "b", 5, `"n": 2`), doc(6, "b", 6, `"n": 1`),
			},
		},
		{query: `sequence by e.n [a where true] as e [b where true]`, opts: endpoint, err: "a join key cannot refer to the step e"},
		{query: `sequence [a where true] as e [b where true] until [c where e.n == 1]`, opts: endpoint, err: "until cannot refer to the step e"},
		{query: `sequence [a where e.n == 1] as e [b where true]`, opts: endpoint, err: "only earlier steps can be referred to"},
	}, nil},
	{"`descendant of`", []deviationCase{
		{
			query: `process where descendant of [process where event.type == "bad"]`, opts: endpoint, want: []string{"4", "5"},
			docs: []string{
				process(1, 1, "B", "A", "start"), process(2, 2, "A", "", "bad"), process(3, 3, "B", "A", "end"),
				process(4, 4, "C", "A", "start"), process(5, 5, "D", "C", "start"), process(6, 6, "A", "A", "start"),
			},
		},
		{
			query: `any where descendant of [process where event.type == "bad"]`, opts: endpoint, want: []string{"2"},
			docs: []string{
				process(1, 1, "A", "", "bad"),
				doc(2, "file", 2, `"host.id": "h", "process": {"entity_id": "E", "Ext": {"ancestry": ["X", "A"]}}`),
				doc(3, "file", 3, `"host.id": "g", "process": {"entity_id": "E", "Ext": {"ancestry": ["X", "A"]}}`),
			},
		},
	}, nil},
	{"ids", []deviationCase{
		{query: `any where f == 5 or f in (7)`, docs: some(`"5"`, `5`, `"05"`, `"5.0"`, `"x5"`, `"7"`), opts: endpoint, want: []string{"1", "2", "3", "6"}},
		{query: `any where f == g`, docs: []string{doc(1, "a", 1, `"f": 5, "g": "5"`), doc(2, "a", 2, `"f": 5, "g": 5`)}, opts: endpoint, want: []string{"2"}},
	}, nil},
}

// TestReadings shows each row of the table.
func TestReadings(t *testing.T) { showAll(t, readings) }

func TestReadingsAreComplete(t *testing.T) {
	complete(t, "What the endpoint dialect means here", readings)
}
