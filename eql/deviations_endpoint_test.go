package eql_test

import "github.com/eqlkit/eqlkit/eql"

var endpoint = eql.WithDialect(eql.Endpoint)

// host is a document of a host, of the user 0.
func host(at int, category string, id int, name string) string {
	return doc(at, category, id, `"u": 0, "host": {"id": "`+name+`"}`)
}

// endpointDeviations are the rows of the table about the endpoint dialect.
var endpointDeviations = []deviation{
	{"hosts", []deviationCase{
		{
			query: `sequence by u with maxspan=1m [a where true] [b where true]`, opts: []eql.Option{endpoint}, want: []string{"1 3"},
			docs: []string{host(1, "a", 1, "h"), host(2, "b", 2, "g"), host(3, "b", 3, "h")},
		},
		{
			query: `sequence by u with maxspan=1m [a where true] [b where true]`, opts: []eql.Option{endpoint, eql.WithHostFields()}, want: []string{"1 2"},
			docs: []string{host(1, "a", 1, "h"), host(2, "b", 2, "g")},
		},
		{
			query: `sequence by u with maxspan=1m [a where true] [b where true]`, opts: []eql.Option{endpoint, eql.WithHostFields("u")}, want: []string{"1 2"},
			docs: []string{host(1, "a", 1, "h"), host(2, "b", 2, "g")},
		},
	}, nil},
	{"`os_list`", []deviationCase{
		{
			query: `any where true`, opts: []eql.Option{endpoint, eql.WithSystems("linux")}, want: []string{"1", "3", "4", "5"},
			docs: []string{
				doc(1, "a", 1, `"host.os.type": "linux"`), doc(2, "a", 2, `"host.os.type": "windows"`), doc(3, "a", 3, `"host.os.family": "linux"`),
				doc(4, "a", 4, `"host.os.platform": "linux"`), doc(5, "a", 5, ""),
			},
		},
	}, nil},
	{"`_arraysearch`", []deviationCase{
		{
			query: `any where _arraysearch(f, $e, $e.v == 1)`, opts: []eql.Option{endpoint}, want: []string{"1", "2"},
			docs: some(`{"v": 1}`, `[{"v": 2}, {"v": 1}]`, `[{"v": 2}]`, "", "[null]"),
		},
		{query: `any where _arraysearch(f, $e, $e == null) or _arraysearch(f, $e, true) == null`, opts: []eql.Option{endpoint}, docs: some("", "[null]", "1")},
	}, nil},
	{"names of steps", []deviationCase{
		{
			query: `sequence with maxspan=1m [a where true] as one [b where v == one.v]`, opts: []eql.Option{endpoint}, want: []string{"1 3", "2 4"},
			docs: []string{doc(1, "a", 1, `"v": 1`), doc(2, "a", 2, `"v": 2`), doc(3, "b", 3, `"v": 1`), doc(4, "b", 4, `"v": 2`), doc(5, "b", 5, `"v": 2`)},
		},
		{query: `sequence with maxspan=1m [a where v == two.v] [b where true] as two`, opts: []eql.Option{endpoint}, err: "two"},
	}, nil},
	{"`descendant of`", []deviationCase{
		{
			query: `process where descendant of [process where name == "x"]`, opts: []eql.Option{endpoint}, want: []string{"2", "4"},
			docs: []string{
				doc(1, "process", 1, `"name": "x", "event.type": "start", "process.entity_id": "A"`),
				doc(2, "process", 2, `"event.type": "start", "process.entity_id": "B", "process.parent.entity_id": "A"`),
				doc(3, "process", 3, `"event.type": "end", "process.entity_id": "A"`),
				doc(4, "process", 4, `"event.type": "start", "process.entity_id": "C", "process.Ext.ancestry": ["Z", "A"]`),
				doc(5, "process", 5, `"event.type": "start", "process.entity_id": "D", "process.parent.entity_id": "Z"`),
			},
		},
	}, nil},
	{"ids", []deviationCase{
		{query: `any where f == 7`, opts: []eql.Option{endpoint}, docs: some("7", `"7"`, `"seven"`, `"7.0"`), want: []string{"1", "2"}},
		{query: `any where f == g`, opts: []eql.Option{endpoint}, want: []string{"2"}, docs: []string{doc(1, "a", 1, `"f": 7, "g": "7"`), doc(2, "a", 2, `"f": 7, "g": 7`)}},
	}, nil},
}
