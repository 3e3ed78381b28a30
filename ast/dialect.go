package ast

import "fmt"

// A Dialect names a set of switches of the language: what the parser accepts
// and what the analyser makes of it.
type Dialect uint8

// The dialects. The zero Dialect is Elasticsearch.
const (
	// Elasticsearch is EQL as the Elasticsearch search API defines it.
	Elasticsearch Dialect = iota
	// Endpoint is EQL as the rules of Elastic's endpoint agent use it: it adds
	// $ variables, _arraysearch, step aliases and descendant of, and lets
	// fields be compared with fields.
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
