package pattern_test

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/internal/pattern"
)

func TestCIDRSet(t *testing.T) {
	tests := []struct {
		blocks  []string
		yes, no []string
	}{
		{nil, nil, []string{"10.0.0.1", "::"}},
		{[]string{"10.0.0.0/8", "fd00::/8"}, []string{"10.9.9.9", "10.0.0.0", "10.255.255.255", "fd12::1", "::ffff:10.1.1.1"}, []string{"9.255.255.255", "11.0.0.0", "fe00::", "::10.1.1.1"}},
		{[]string{"10.1.2.3/8"}, []string{"10.200.0.1"}, []string{"11.1.2.3"}},
		{[]string{"10.1.2.3"}, []string{"10.1.2.3"}, []string{"10.1.2.4", "10.1.2.2"}},
		{[]string{"::1"}, []string{"::1"}, []string{"::", "0.0.0.1"}},
		{[]string{"::/0"}, []string{"1.2.3.4", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}, nil},
		{[]string{"0.0.0.0/0"}, []string{"1.2.3.4", "255.255.255.255"}, []string{"::1", "::fffe:1.2.3.4"}},
		{[]string{"::ffff:10.0.0.0/104"}, []string{"10.3.4.5"}, []string{"11.0.0.0"}},
		{[]string{"10.0.0.0/16", "10.1.0.0/16", "10.0.0.0/24", "192.168.0.0/16"}, []string{"10.0.200.1", "10.1.255.255", "192.168.1.1"}, []string{"10.2.0.0", "172.16.0.1"}},
		{[]string{"fe80::/10"}, []string{"fe80::1%eth0"}, []string{"fec0::"}},
		{[]string{"2001:db8::/63"}, []string{"2001:db8:0:1::"}, []string{"2001:db8:0:2::"}},
	}
	for _, tt := range tests {
		set, err := pattern.ParseCIDRs(tt.blocks)
		require.NoError(t, err)
		for _, a := range tt.yes {
			assert.True(t, set.Contains(netip.MustParseAddr(a)), "%s in %v", a, tt.blocks)
		}
		for _, a := range tt.no {
			assert.False(t, set.Contains(netip.MustParseAddr(a)), "%s in %v", a, tt.blocks)
		}
		assert.False(t, set.Contains(netip.Addr{}))
	}
	assert.False(t, (*pattern.CIDRSet)(nil).Contains(netip.MustParseAddr("::")))
}

func TestParseCIDRsErrors(t *testing.T) {
	for _, b := range []string{"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/08", "10.0.0/8", "::/129", "::/9999", "fe80::1%eth0", "x", " 10.0.0.1", "10.0.0.0/8/8", "10.0.0.01"} {
		set, err := pattern.ParseCIDRs([]string{"::1", b})
		require.Error(t, err, b)
		assert.Nil(t, set)
		var bad *pattern.CIDRError
		require.ErrorAs(t, err, &bad)
		assert.Equal(t, 1, bad.Index)
		assert.Equal(t, b, bad.Block)
	}
}

func TestCIDRSetAgainstPrefixes(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	addr := func() netip.Addr {
		return netip.AddrFrom4([4]byte{byte(r.IntN(3)), byte(r.IntN(3)), byte(r.IntN(4) * 64), byte(r.IntN(256))})
	}
	for range 500 {
		var prefixes []netip.Prefix
		var blocks []string
		for range r.IntN(8) {
			p := netip.PrefixFrom(addr(), r.IntN(33))
			prefixes = append(prefixes, p)
			blocks = append(blocks, p.String())
		}
		set, err := pattern.ParseCIDRs(blocks)
		require.NoError(t, err)
		for range 30 {
			a := addr()
			want := false
			for _, p := range prefixes {
				want = want || p.Contains(a)
			}
			require.Equal(t, want, set.Contains(a), "%s in %v", a, blocks)
			mapped := netip.AddrFrom16(a.As16())
			require.Equal(t, want, set.Contains(mapped), "%s in %v", mapped, blocks)
		}
	}
}
