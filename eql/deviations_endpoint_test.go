package eql_test

import "github.com/eqlkit/eqlkit/eql"

// endpoint are the options of a query in the endpoint dialect.
func endpoint(more ...eql.Option) []eql.Option {
	return append([]eql.Option{eql.WithDialect(eql.Endpoint)}, more...)
}

// endpointDeviations has the rows of the table about the endpoint dialect.
var endpointDeviations = []deviation{
	{"hosts", []deviationCase{
		{
			query: `sequence by user.id [a where true] [b where true]`, opts: endpoint(), want: []string{"1 3"},
			docs: []string{
				doc(1, "a", 1, `"user.id": "u", "host.id": "h1"`),
				doc(2, "b", 2, `"user.id": "u", "agent.id": "h2"`),
				doc(3, "b", 3, `"user.id": "u", "host.id": "h1", "agent.id": "h2"`),
			},
		},
		{
			query: `sequence [a where true] [b where true]`, opts: endpoint(eql.WithHostFields()), want: []string{"1 2"},
			docs: []string{doc(1, "a", 1, `"host.id": "h1"`), doc(2, "b", 2, `"host.id": "h2"`)},
		},
		{
			query: `sequence [a where true] [b where true]`, opts: endpoint(eql.WithHostFields("observer.name")), want: []string{"1 3"},
			docs: []string{
				doc(1, "a", 1, `"host.id": "h1", "observer.name": "o1"`),
				doc(2, "b", 2, `"host.id": "h1", "observer.name": "o2"`),
				doc(3, "b", 3, `"host.id": "h2", "observer.name": "o1"`),
			},
		},
	}, nil},
	{"`os_list`", []deviationCase{
		{
			query: `any where true`, opts: endpoint(eql.WithSystems("linux")), want: []string{"1", "3", "5"},
			docs: []string{
				doc(1, "a", 1, `"host.os.type": "linux", "host.os.family": "windows"`),
				doc(2, "a", 2, `"host.os.type": "windows"`),
				doc(3, "a", 3, `"host.os.family": "linux"`),
				doc(4, "a", 4, `"host.os.platform": "windows"`),
				doc(5, "a", 5, ``),
			},
		},
	}, nil},
	{"`_arraysearch`", []deviationCase{
		{
			query: `any where _arraysearch(f, $v, $v.x == 1)`, opts: endpoint(), want: []string{"1", "2"},
			docs: some(`[{"x": 2}, {"x": 1}]`, `{"x": 1}`, `[{"x": 2}]`, `1`, `null`),
		},
		{query: `any where _arraysearch(f, $v, $v == 1)`, opts: endpoint(), want: []string{"1", "2"}, docs: some(`1`, `[null, 1]`, `[2]`)},
		{query: `any where _arraysearch(f, $v, $v == null)`, opts: endpoint(), docs: some(`[null]`, `[1, null]`)},
		{query: `any where not _arraysearch(f, $v, true)`, opts: endpoint(), want: []string{"1", "2"}, docs: some(``, `[]`, `[1]`)},
	}, nil},
	{"names of steps", []deviationCase{
		{
			query: `sequence [a where true] as one [b where f == one.f]`, opts: endpoint(), want: []string{"2 4", "1 5"},
			docs: []string{
				doc(1, "a", 1, `"f": "x"`), doc(2, "a", 2, `"f": "y"`), doc(3, "b", 3, `"f": "z"`),
				doc(4, "b", 4, `"f": "y"`), doc(5, "b", 5, `"f": "x"`), doc(6, "b", 6, `"f": "x"`),
			},
		},
		{
			query: `sequence [a where true] as one with runs=2 [b where f == one.f]`, opts: endpoint(), want: []string{"1 2 4"},
			docs: []string{doc(1, "a", 1, `"f": "x"`), doc(2, "a", 2, `"f": "y"`), doc(3, "b", 3, `"f": "x"`), doc(4, "b", 4, `"f": "y"`)},
		},
		{query: `sequence [a where f == one.f] as one [b where true]`, opts: endpoint(), err: "one"},
		{query: `sequence [a where true] by f as one [b where true] by one.f`, opts: endpoint(), err: "one"},
		{query: `sequence [a where true] as one [b where true] until [c where f == one.f]`, opts: endpoint(), err: "one"},
	}, nil},
	{"`descendant of`", []deviationCase{
		{
			query: `process where descendant of [process where process.name == "x"]`, opts: endpoint(), want: []string{"2", "4", "5"},
			docs: []string{
				doc(1, "process", 1, `"host.id": "h", "event.action": "start", "process.name": "x", "process.entity_id": "1"`),
				doc(2, "process", 2, `"host.id": "h", "event.action": "start", "process.entity_id": "2", "process.parent.entity_id": "1"`),
				doc(3, "process", 3, `"host.id": "h", "event.action": "end", "process.name": "x", "process.entity_id": "1"`),
				doc(4, "process", 4, `"host.id": "h", "event.action": "start", "process.entity_id": "4", "process.parent.entity_id": "2"`),
				doc(5, "process", 5, `"host.id": "h", "event.action": "start", "process.entity_id": "5", "process.Ext.ancestry": ["9", "1"]`),
				doc(6, "process", 6, `"host.id": "i", "event.action": "start", "process.entity_id": "6", "process.parent.entity_id": "1"`),
			},
		},
	}, nil},
	{"ids", []deviationCase{
		{query: `any where f >= 1000`, opts: endpoint(), want: []string{"1", "3"}, docs: some(`"1000"`, `"S-1-5"`, `1001`, `"999"`, `"1e4"`)},
		{query: `any where f in (0, 33)`, opts: endpoint(), want: []string{"1", "2"}, docs: some(`"33"`, `0`, `"0x0"`)},
		{query: `any where f == g`, opts: endpoint(), docs: []string{doc(1, "a", 1, `"f": "5", "g": 5`)}},
		{query: `any where f == 5`, docs: some(`"5"`)},
	}, nil},
}
