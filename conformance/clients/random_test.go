package clients_test

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	official "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
)

// writer is a transport that writes down the request and sends nothing.
type writer struct{ sent string }

func (w *writer) Do(r *http.Request) (*http.Response, error) {
	var text strings.Builder
	fmt.Fprintln(&text, r.Method, r.URL, r.Host, r.ContentLength)
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		if !slices.Contains(own, name) {
			fmt.Fprintln(&text, name, r.Header[name])
		}
	}
	_, signed, _ := strings.Cut(r.Header.Get("Authorization"), "SignedHeaders=")
	signed, _, _ = strings.Cut(signed, ",")
	fmt.Fprintln(&text, signed)
	if r.Body != nil {
		if _, err := io.Copy(&text, r.Body); err != nil {
			return nil, err
		}
	}
	w.sent = text.String()
	return nil, errors.New("not sent")
}

type sameToken struct{}

func (sameToken) GetIdempotencyToken() (string, error) { return "token", nil }

// twins fills two structures of the same shape with the same random values, the more of them nil the greater the bareness.
type twins struct {
	*rand.Rand
	bareness int
}

func (w twins) fill(a, b reflect.Value, depth int) {
	isTime := a.Type() == reflect.TypeFor[time.Time]() // the official module has no year 1
	if !isTime && (depth > 7 || w.IntN(10) < w.bareness) {
		return
	}
	switch a.Kind() {
	case reflect.Pointer:
		a.Set(reflect.New(a.Type().Elem()))
		b.Set(reflect.New(b.Type().Elem()))
		w.fill(a.Elem(), b.Elem(), depth+1)
	case reflect.Struct:
		if isTime {
			at := reflect.ValueOf(time.UnixMilli(w.Int64N(2e12)).UTC())
			a.Set(at)
			b.Set(at)
			return
		}
		for f, v := range a.Fields() {
			if f.IsExported() {
				w.fill(v, b.FieldByName(f.Name), depth+1)
			}
		}
	case reflect.Slice:
		n := w.IntN(3)
		if a.Type().Elem().Kind() == reflect.Slice { // what is nil in a list the official module writes as a comma alone
			w.bareness = 0
			if depth >= 7 {
				n = 0
			}
		}
		a.Set(reflect.MakeSlice(a.Type(), n, n))
		b.Set(reflect.MakeSlice(b.Type(), n, n))
		for i := range n {
			w.fill(a.Index(i), b.Index(i), depth+1)
		}
	case reflect.Map: // of one entry at most: the official module has no order of them
		a.Set(reflect.MakeMap(a.Type()))
		b.Set(reflect.MakeMap(b.Type()))
		if w.IntN(3) > 0 {
			x, y := reflect.New(a.Type().Elem()).Elem(), reflect.New(b.Type().Elem()).Elem()
			w.fill(x, y, depth+1)
			key := reflect.ValueOf("k é")
			a.SetMapIndex(key.Convert(a.Type().Key()), x)
			b.SetMapIndex(key.Convert(b.Type().Key()), y)
		}
	case reflect.String:
		texts := []string{"", "x", "y", "a b/c", "é<&>\"\\\u2028\x01", "~+*'()%2F"}
		text := texts[w.IntN(len(texts))]
		a.SetString(text)
		b.SetString(text)
	case reflect.Int32, reflect.Int64:
		n := w.Int64N(5) - 1
		a.SetInt(n)
		b.SetInt(n)
	case reflect.Float32, reflect.Float64:
		f := w.NormFloat64()
		a.SetFloat(f)
		b.SetFloat(f)
	case reflect.Bool:
		some := w.IntN(2) == 0
		a.SetBool(some)
		b.SetBool(some)
	}
}

// Whatever the input, both clients send the same or refuse it with the same words; what is missing ours lists by name.
func TestRandomInputsAreTheSameOnTheWire(t *testing.T) {
	seed := rand.Uint64()
	w := twins{Rand: rand.New(rand.NewPCG(seed, 0))}
	for name, keys := range map[string]aws.CredentialsProvider{
		"signed": credentials.NewStaticCredentialsProvider("AKID", "secret", "session"), "unsigned": nil,
	} {
		var sent writer
		cfg := aws.Config{Region: "us-east-1", HTTPClient: &sent, Credentials: keys, Retryer: func() aws.Retryer { return aws.NopRetryer{} }}
		theirs := reflect.ValueOf(official.NewFromConfig(cfg, func(o *official.Options) { o.IdempotencyTokenProvider = sameToken{} }))
		ours := reflect.ValueOf(connect.NewFromConfig(cfg, func(o *connect.Options) { o.IdempotencyTokenProvider = sameToken{} }))
		call := func(client reflect.Value, op string, in reflect.Value) string {
			sent.sent = ""
			err := client.MethodByName(op).Call([]reflect.Value{reflect.ValueOf(t.Context()), in})[1]
			said := strings.Split(fmt.Sprint(err), "\n")
			slices.Sort(said)
			return strings.Join(said, "\n") + "\n" + sent.sent
		}
		count := 0
		for m := range ours.Type().Methods() {
			if m.Name == "Options" {
				continue
			}
			for w.bareness = range 4 {
				for range 5 {
					a := reflect.New(theirs.MethodByName(m.Name).Type().In(1).Elem())
					b := reflect.New(m.Type.In(2).Elem())
					w.fill(a.Elem(), b.Elem(), 0)
					want, got := call(theirs, m.Name, a), call(ours, m.Name, b)
					if d := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); d != "" {
						t.Errorf("%s, %s, seed %d (-official +ours):\n%s", m.Name, name, seed, d)
					}
					if sent.sent != "" {
						count++
					}
				}
			}
		}
		if count < 1000 {
			t.Errorf("%s: only %d requests", name, count)
		}
	}
}
