package rule_test

import (
	"testing"

	"github.com/eqlkit/eqlkit/rule"
)

func BenchmarkLoad(b *testing.B) {
	root := corpus(b)
	b.ReportAllocs()
	for b.Loop() {
		rule.Load(root)
	}
}
