package rule_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/rule"
)

func TestOfQuery(t *testing.T) {
	const text = "any where true\n"
	for name, id := range map[string]string{"a/b/one.eql": "one", "two": "two", "a.b.eql": "a.b"} {
		want := &rule.Rule{Path: name, ID: id, Name: id, Query: &source.File{Name: name, Text: text}}
		assert.Equal(t, want, rule.OfQuery(name, text))
		assert.Equal(t, want, rule.OfQuery(name, "\uFEFF"+text), "with a byte order mark")
	}
}
