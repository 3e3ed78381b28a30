package rule_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/rule"
)

// A rule with an error cannot be used, but its query can still be checked.
func TestUnusableRuleKeepsItsQuery(t *testing.T) {
	set := rule.Parse("r.toml", []byte("[metadata]\n[rule]\nrule_id = \"x\"\nname = \"n\"\ntype = \"eql\"\nlanguage = \"eql\"\nseverity = \"hihg\"\nquery = 'any where true'\n"))
	require.Error(t, set.Err())
	require.Empty(t, set.Rules)
	require.Len(t, set.Unusable, 1)
	require.Equal(t, "any where true", set.Unusable[0].Query.Text)
}
