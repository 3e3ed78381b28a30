package eval_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

// busy returns a stream of a random world in the middle of its events, with
// state of all kinds.
func busy(t testing.TB, seed uint64) (*world, *eval.Stream) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 11))
	w := randomWorld(r, 10, 40)
	w.queries = append(w.queries,
		worldQuery{text: "sequence with maxspan=1h [any where true] ![any where e == \"never\"]"},
		worldQuery{text: "sequence by k with maxspan=1h ![any where e == \"A\"] [any where e == \"B\"] [any where e == \"never\"]"},
		worldQuery{text: "sequence by k [any where true] with runs=2 [any where true] | tail 3"},
		worldQuery{text: "sample by k [any where true] [any where e == \"A\"]"},
		worldQuery{text: "any where true | tail 3"},
		worldQuery{`any where descendant of [any where e == "A"]`, ast.Endpoint})
	s := eval.NewEngine(w.compile(t)...).NewStream(eval.WithLateness(time.Second), eval.WithMaxJump(time.Hour, 5), eval.WithoutRepeats(10), eval.WithDistinct(eval.EventID))
	for _, ev := range w.events {
		require.NoError(t, s.PushFrom("x", event.JSON(ev.doc), nil))
	}
	ahead, _ := json.Marshal(map[string]any{"@timestamp": "2096-01-01T00:00:00Z", "e": "A", "k": "u1", "n": 1000})
	require.NoError(t, s.PushFrom("x", event.JSON(ahead), nil))
	s.SetPosition("x", []byte("offset 7"))
	st := s.Stats()
	require.NotZero(t, st.Open)
	require.NotZero(t, st.Pending)
	require.NotZero(t, st.Buffered)
	return w, s
}

func snapshot(t testing.TB, s *eval.Stream) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, s.Snapshot(&b))
	return b.Bytes()
}

// Whatever is done to a snapshot is found out, and changes nothing.
func TestDamagedSnapshots(t *testing.T) {
	w, s := busy(t, 1)
	good := snapshot(t, s)
	other := eval.NewEngine(w.compile(t)...).NewStream()
	require.NoError(t, other.Push(event.JSON(w.events[0].doc), nil))
	before := snapshot(t, other)
	refuse := func(data []byte, want error, title string) {
		t.Helper()
		_, err := other.Restore(bytes.NewReader(data))
		require.ErrorIs(t, err, want, title)
		require.True(t, bytes.Equal(before, snapshot(t, other)), title)
	}
	refuse(nil, eval.ErrNotSnapshot, "empty")
	refuse([]byte(`{"version": 1}`), eval.ErrNotSnapshot, "foreign")
	for n := 8; n < len(good); n += 1 + n/40 {
		want := eval.ErrSnapshotDamaged
		if n < 10 {
			want = eval.ErrNotSnapshot
		}
		refuse(good[:n], want, fmt.Sprint("cut off at ", n))
	}
	for n := 10; n < len(good); n += 1 + n/40 {
		bad := bytes.Clone(good)
		bad[n] ^= 1 << (n % 8)
		refuse(bad, eval.ErrSnapshotDamaged, fmt.Sprint("altered at ", n))
	}
	newer := bytes.Clone(good)
	newer[9]++
	refuse(newer, eval.ErrSnapshotVersion, "another version")
	_, err := other.Restore(bytes.NewReader(newer))
	require.ErrorContains(t, err, "it is version 2, this program reads version 1")
	_, err = other.Restore(errReader{})
	require.ErrorIs(t, err, errRead)
	require.ErrorIs(t, s.Snapshot(errWriter{}), errRead)

	_, err = other.Restore(bytes.NewReader(good))
	require.NoError(t, err)
	require.True(t, bytes.Equal(good, snapshot(t, s)), "it has stayed as it was")
	other.Close(nil)
	_, err = other.Restore(bytes.NewReader(good))
	require.ErrorIs(t, err, eval.ErrClosed)
	require.ErrorIs(t, other.Snapshot(&bytes.Buffer{}), eval.ErrClosed)
}

var errRead = errors.New("unreadable")

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errRead }

type errWriter struct{}

func (errWriter) Write([]byte) (int, error) { return 0, errRead }

// What queries are known by decides about their state.
func TestChangedQueries(t *testing.T) {
	compileID := func(id, text string, c eval.Config) *eval.Query {
		c.ID = id
		return compileWith(t, text, c)
	}
	const ab, ac = "sequence by id [a where true] [b where true]", "sequence by id [a where true] [c where true]"
	old := []*eval.Query{
		compileID("same", ab, eval.Config{}), compileID("edited", ab, eval.Config{}), compileID("gone", ab, eval.Config{}),
		compileID("retuned", ab, eval.Config{}), compileID("", ab, eval.Config{}), compileID("", ab, eval.Config{}),
		compileID("event", "a where true", eval.Config{}),
	}
	now := []*eval.Query{
		compileID("new", ab, eval.Config{}), compileID("event", "a where true", eval.Config{}),
		compileID("edited", ac, eval.Config{}), compileID("retuned", ab, eval.Config{TimestampField: "time"}),
		compileID("same", ab+" // a comment", eval.Config{}), compileID("", ab, eval.Config{}),
	}
	check := func(c eval.Changes, s *eval.Stream) {
		t.Helper()
		require.Equal(t, eval.Changes{
			Kept:    []*eval.Query{now[1], now[4], now[5]},
			Changed: []*eval.Query{now[2], now[3]},
			Added:   []*eval.Query{now[0]},
			Removed: []string{"gone", "sequence by id\n  [a where true]\n  [b where true]\n"},
		}, c)
		var open []int
		for _, st := range s.QueryStats() {
			open = append(open, st.Open)
		}
		require.Equal(t, []int{0, 0, 0, 0, 1, 1}, open)
		require.Equal(t, 1, s.Stats().Buffered)
		var got collector
		require.NoError(t, s.Push(at(3, "b", 1), got.add))
		require.NoError(t, s.Push(at(3, "b", 2), got.add))
		s.Close(got.add)
		require.Equal(t, []string{"1: 1 1", "1: 1 1", "2: 2 2", "2: 2 2"}, got.got)
		require.Zero(t, s.Stats().Bytes)
	}
	begin := func() *eval.Stream {
		s := eval.NewEngine(old...).NewStream(eval.WithLateness(2 * time.Millisecond))
		require.NoError(t, s.Push(at(0, "a", 1), nil))
		require.NoError(t, s.Push(at(2, "a", 2), nil))
		require.NoError(t, s.Push(at(2, "c", 2), nil))
		require.Equal(t, 6, s.Stats().Open)
		return s
	}
	s := begin()
	changes, err := s.Swap(eval.NewEngine(now...))
	require.NoError(t, err)
	s2 := eval.NewEngine(now...).NewStream(eval.WithLateness(2 * time.Millisecond))
	changes2, err := s2.Restore(bytes.NewReader(snapshot(t, begin())))
	require.NoError(t, err)
	require.Equal(t, changes, changes2)
	check(changes, s)
	check(changes2, s2)

	_, err = s.Swap(eval.NewEngine())
	require.ErrorIs(t, err, eval.ErrClosed)
}

// Options that change what a query means change its fingerprint.
func TestChangedOptions(t *testing.T) {
	with, without := compile(t, "sequence with maxspan=1h [a where true] [b where true]"), compile(t, "sequence [a where true] [b where true]")
	s := eval.NewEngine(with, without).NewStream()
	data := snapshot(t, s)
	s = eval.NewEngine(with, without).NewStream(eval.WithDefaultMaxSpan(time.Hour))
	changes, err := s.Restore(bytes.NewReader(data))
	require.NoError(t, err)
	require.Equal(t, []*eval.Query{with}, changes.Kept)
	require.Equal(t, []*eval.Query{without}, changes.Added)

	const ends = `sequence [a where endsWith(id, "*")] [b where true]`
	changes, err = eval.NewEngine(compileWith(t, ends, eval.Config{ID: "x"})).NewStream().Swap(
		eval.NewEngine(compileWith(t, ends, eval.Config{ID: "x", WildcardFunctions: true})))
	require.NoError(t, err)
	require.Len(t, changes.Changed, 1)
}

// The format is pinned: what a program wrote last year is read today. When this
// fails, wire.Version has to be incremented, and a file be added for the new one.
func TestFormat(t *testing.T) {
	queries := []*eval.Query{
		compileWith(t, "sequence by k with maxspan=1h [a where true] [b where true]", eval.Config{ID: "plain"}),
		compileWith(t, "sequence by k with maxspan=1h ![m where true] [a where true] ![m where true]", eval.Config{ID: "missing"}),
		compileWith(t, "sequence by k with maxspan=1h [a where true] as x [b where id > x.id]", eval.Config{ID: "named", Dialect: ast.Endpoint}),
		compileWith(t, "sample by k [a where true] [b where true]", eval.Config{ID: "sample"}),
		compileWith(t, "a where true | tail 1", eval.Config{ID: "tail"}),
	}
	s := eval.NewEngine(queries...).NewStream(eval.WithLateness(time.Second), eval.WithoutRepeats(5))
	for i, category := range []string{"m", "a", "a", "a", "b"} {
		doc := fmt.Appendf(nil, `{"@timestamp": %d, "event": {"category": %q}, "id": %d, "k": "x", "host": {"id": "h"}}`, i*900, category, i)
		require.NoError(t, s.PushFrom("file", event.JSON(doc), nil))
	}
	s.SetPosition("file", []byte("5"))
	const file = "testdata/snapshot-v1"
	if *update {
		require.NoError(t, os.WriteFile(file, snapshot(t, s), 0o644))
	}
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	require.True(t, bytes.Equal(data, snapshot(t, s)), "what is written has changed")

	again := eval.NewEngine(queries...).NewStream(eval.WithLateness(time.Second), eval.WithoutRepeats(5))
	changes, err := again.Restore(bytes.NewReader(data))
	require.NoError(t, err)
	require.Equal(t, queries, changes.Kept)
	require.Equal(t, map[string][]byte{"file": []byte("5")}, again.Positions())
	var was, is collector
	s.Close(was.add)
	again.Close(is.add)
	require.Len(t, was.got, 7)
	require.Equal(t, was.got, is.got)
}

// What tail keeps for the end is kept over a restart.
func TestTailOverRestart(t *testing.T) {
	engine := eval.NewEngine(compile(t, "a where true | tail 3"), compile(t, "sequence by k [a where true] [a where true] | tail 3 | head 2"))
	s := engine.NewStream()
	for i := range 5 {
		require.NoError(t, s.Push(keyed(int64(i), "a", "x", i), nil))
	}
	again := engine.NewStream()
	_, err := again.Restore(bytes.NewReader(snapshot(t, s)))
	require.NoError(t, err)
	for _, s := range []*eval.Stream{s, again} {
		var got collector
		require.NoError(t, s.Push(keyed(5, "a", "x", 5), got.add))
		s.Close(got.add)
		require.Equal(t, []string{"3", "4", "5", "x: 2 3", "x: 3 4"}, got.got)
	}
}

// Events come back as what they are, as far as that is known, and count in ids as
// they did.
func TestEventsInSnapshots(t *testing.T) {
	const doc = `{"@timestamp": 0, "event.category": "a", "id": 7, "x": {"y": [1, 2.5, "z"]}}`
	raw := event.JSON([]byte(doc))
	for name, c := range map[string]struct {
		ev   eval.Event
		opts []eval.StreamOption
		want any // the type that comes back
	}{
		"document":          {ev: raw, want: raw},
		"map":               {ev: decoded([]byte(doc)), want: event.Map{}},
		"own type":          {ev: opaque{decoded([]byte(doc))}, want: &eval.Excerpt{}},
		"own type, named":   {ev: numberedEvent{decoded([]byte(doc))}, want: &eval.Excerpt{}},
		"document, named":   {ev: namedDocument{raw}, want: nil},
		"excerpt":           {ev: raw, opts: []eval.StreamOption{eval.WithRetain(eval.RetainFields("id", "x.y"))}, want: &eval.Excerpt{}},
		"reference":         {ev: numberedEvent{event.Map{"@timestamp": 0, "event.category": "a", "id": 7, "n": 3}}, opts: []eval.StreamOption{eval.WithRetain(eval.RetainReference(nil))}, want: eval.Reference("")},
		"codec":             {ev: opaque{decoded([]byte(doc))}, opts: []eval.StreamOption{eval.WithCodec(opaqueCodec{})}, want: opaque{}},
		"map with no JSON":  {ev: event.Map{"@timestamp": 0, "event.category": "a", "id": 7, "f": func() {}}, want: &eval.Excerpt{}},
		"map with bad text": {ev: event.Map{"@timestamp": 0, "event.category": "a", "id": 7, "s": "\xff \\ufffd"}, want: event.Map{}},
		"a codec that lets": {ev: raw, opts: []eval.StreamOption{eval.WithCodec(opaqueCodec{})}, want: raw},
	} {
		t.Run(name, func(t *testing.T) {
			run := func(restart bool) (out eval.Match) {
				engine := eval.NewEngine(compile(t, "sequence with maxspan=1h [a where id > 0] [b where true]"))
				s := engine.NewStream(c.opts...)
				require.NoError(t, s.Push(c.ev, nil))
				if restart {
					data := snapshot(t, s)
					s = engine.NewStream(c.opts...)
					_, err := s.Restore(bytes.NewReader(data))
					require.NoError(t, err)
				}
				require.NoError(t, s.Push(at(1, "b", 8), func(m eval.Match) bool {
					out = m
					return true
				}))
				require.Len(t, out.Events, 2)
				return out
			}
			before, after := run(false), run(true)
			require.Equal(t, before.ID(), after.ID())
			require.Equal(t, before.Time, after.Time)
			if c.want != nil {
				require.IsType(t, c.want, after.Events[0])
			}
			if _, ok := c.want.(eval.Reference); !ok {
				require.True(t, value.Equal(value.OfInt(7), after.Events[0].Field("id")))
			}
			if d, ok := c.ev.(interface{ Bytes() []byte }); ok && c.opts == nil {
				require.Equal(t, d.Bytes(), after.Events[0].(interface{ Bytes() []byte }).Bytes())
			}
		})
	}
}

// namedDocument is a document with an id that it does not tell.
type namedDocument struct{ *event.Document }

func (namedDocument) EventID() string { return "the id" }

// opaqueCodec writes opaque events.
type opaqueCodec struct{}

func (opaqueCodec) EncodeEvent(ev eval.Event) ([]byte, error) {
	if o, ok := ev.(opaque); ok {
		return json.Marshal(o.m)
	}
	return nil, nil
}

func (opaqueCodec) DecodeEvent(data []byte) (eval.Event, error) {
	return opaque{decoded(data)}, nil
}

// FuzzRestore feeds a stream bytes that are no snapshot, and content that no
// stream has written in the frame of one.
func FuzzRestore(f *testing.F) {
	w, s := busy(f, 1)
	data := snapshot(f, s)
	f.Add(data, uint32(0), byte(0))
	inside := content(data)
	for at := 0; at < len(inside); at += len(inside) / 40 {
		f.Add([]byte(nil), uint32(at), byte(1+at%255))
	}
	engine := eval.NewEngine(w.compile(f)...)
	opts := []eval.StreamOption{eval.WithLateness(time.Second), eval.WithMaxJump(time.Hour, 5)}
	f.Fuzz(func(t *testing.T, data []byte, at uint32, change byte) {
		if len(data) == 0 {
			changed := bytes.Clone(inside)
			changed[int(at)%len(changed)] ^= change
			data = framed(changed)
		} else if at%2 == 0 {
			data = framed(data)
		}
		s := engine.NewStream(opts...)
		if _, err := s.Restore(bytes.NewReader(data)); err != nil {
			return
		}
		// What was taken must be fit for use.
		for _, ev := range w.events {
			if err := s.Push(event.JSON(ev.doc), nil); err != nil {
				t.Fatal(err)
			}
		}
		var b bytes.Buffer
		if err := s.Snapshot(&b); err != nil {
			t.Fatal(err)
		}
		s.Close(nil)
	})
}

// The frame of a snapshot: a header, then blocks of at most 64 KiB with their
// length and checksum.
const headerLen, prefixLen, blockLen = 10, 8, 1 << 16

// content returns what is in the blocks of a snapshot.
func content(snapshot []byte) []byte {
	var out []byte
	for rest := snapshot[headerLen:]; len(rest) > 0; {
		n := binary.BigEndian.Uint32(rest)
		out = append(out, rest[prefixLen:prefixLen+n]...)
		rest = rest[prefixLen+n:]
	}
	return out
}

// framed returns a snapshot with the given content.
func framed(content []byte) []byte {
	table := crc32.MakeTable(crc32.Castagnoli)
	out := append([]byte("EQLSTATE"), 0, 1)
	for n := uint64(0); ; n++ {
		block := content[:min(len(content), blockLen)]
		content = content[len(block):]
		number := binary.BigEndian.AppendUint64(nil, n)
		out = binary.BigEndian.AppendUint32(out, uint32(len(block)))
		out = binary.BigEndian.AppendUint32(out, crc32.Update(crc32.Checksum(number, table), table, block))
		out = append(out, block...)
		if len(block) == 0 {
			return out
		}
	}
}
