package event_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

func TestRecordAccess(t *testing.T) {
	l := event.NewLayout()
	ip, name := l.Add("ip"), l.Add("name")
	rec := event.NewRecord(l)
	for _, tt := range []struct {
		text string
		want netip.Addr
	}{
		{`"10.0.0.1"`, netip.MustParseAddr("10.0.0.1")},
		{`"::1"`, netip.MustParseAddr("::1")},
		{`"fe80::1%eth0"`, netip.Addr{}},
		{`"10.0.0"`, netip.Addr{}},
		{`["10.0.0.1", "10.0.0.2"]`, netip.Addr{}},
		{`["10.0.0.3"]`, netip.MustParseAddr("10.0.0.3")},
		{`7`, netip.Addr{}},
		{`null`, netip.Addr{}},
	} {
		require.NoError(t, rec.Fill(event.JSON([]byte(`{"ip": `+tt.text+`, "name": "ABC"}`))))
		for range 2 { // the second time from memory
			assert.Equal(t, tt.want, rec.Addr(ip), tt.text)
			assert.Equal(t, rec.Fold(name), *rec.FoldAt(name))
			assert.True(t, value.Equal(value.OfString("abc"), *rec.FoldAt(name)))
			assert.Equal(t, rec.Get(ip), *rec.At(ip))
		}
	}
	rec.Reset()
	assert.False(t, rec.Addr(ip).IsValid())
	assert.True(t, rec.FoldAt(name).IsNull())
}
