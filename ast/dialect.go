package ast

import "fmt"

// A Dialect names a set of switches of the language: what the parser accepts
// and what the analyser makes of it.
type Dialect uint8

// The dialects. The zero Dialect is Elasticsearch.
const (
	// Elasticsearch is EQL as the Elasticsearch search API defines it.
	Elasticsearch Dialect = iota
	// Endpoint is EQL as the rules of Elastic's endpoint agent use it. The parser
	// accepts $ variables, names of steps, relations of processes (descendant of),
	// and the clauses of a statement in any order. The analyser knows
	// _arraysearch, lets fields be compared with fields, and compares number
	// literals with text that is a decimal integer. Unless told otherwise,
	// sequences and samples keep to one host.
	Endpoint
)

// String returns the dialect's name, as ParseDialect takes it.
func (d Dialect) String() string {
	if d == Endpoint {
		return "endpoint"
	}
	return "elasticsearch"
}

// ParseDialect returns the dialect called name.
func ParseDialect(name string) (Dialect, error) {
	switch name {
	case "elasticsearch":
		return Elasticsearch, nil
	case "endpoint":
		return Endpoint, nil
	}
	return 0, fmt.Errorf("unknown dialect %q (elasticsearch or endpoint)", name)
}
