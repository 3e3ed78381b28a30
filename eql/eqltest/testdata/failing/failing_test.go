// Package failing holds tests that fail, so that their messages can be read.
package failing

import (
	"cmp"
	"os"
	"testing"

	"github.com/eqlkit/eqlkit/eql/eqltest"
)

func TestRules(t *testing.T) {
	rules := cmp.Or(os.Getenv("EQLTEST_RULES"), "rules")
	var opts []eqltest.Option
	if os.Getenv("EQLTEST_PARALLEL") != "" {
		opts = append(opts, eqltest.WithParallel())
	}
	eqltest.Run(t, os.DirFS(rules), opts...)
}
