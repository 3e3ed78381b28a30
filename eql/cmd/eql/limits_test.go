package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLimits(t *testing.T) {
	rules := file(t, "rule.eql", "any where ((a == 1))")
	tests := []struct {
		name, query string
		flag, value string
		want        string // part of what is printed
	}{
		{"size", "any where a == 1", "--max-query-size", "10", ":1:1: the query has 16 bytes, the limit is 10"},
		{"depth", "any where ((a == 1))", "--max-query-depth", "1", ":1:12: the query nests deeper than 1 levels"},
		{"length of a pattern", `any where a regex "abcd"`, "--max-regex-length", "3", ":1:19: invalid regular expression: the pattern has more than 3 characters"},
		{"states of a pattern", `any where a regex "(ab|cd){30}"`, "--max-regex-states", "20", ":1:19: invalid regular expression: the pattern is too complex: it needs more than 20 states"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			commands := [][]string{{"check", "-q", tt.query}, {"query", tt.query}, {"explain", tt.query}}
			if strings.HasPrefix(tt.flag, "--max-query-") {
				commands = append(commands, []string{"fmt", "-q", tt.query})
			}
			for _, args := range commands {
				assert.Zero(t, execute(t, "", args...).code)
				got := execute(t, "", append(args, tt.flag, tt.value)...)
				assert.Equal(t, 1, got.code, args[0])
				assert.Contains(t, got.out+got.err, tt.want, args[0])
			}
		})
	}
	got := execute(t, "", "run", "--rules", rules, "--max-query-depth", "1")
	assert.Equal(t, 1, got.code)
	assert.Contains(t, got.err, ":1:12: the query nests deeper than 1 levels")
}
