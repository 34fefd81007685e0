package wire_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/api/wire"
)

// value makes a value of a type: any, and often nil or empty.
func (c chance) value(t reflect.Type, depth int) reflect.Value {
	v := reflect.New(t).Elem()
	some := c.IntN(4)
	if depth > 4 {
		some = 0
	}
	switch t.Kind() {
	case reflect.Pointer:
		if some > 0 {
			v.Set(reflect.New(t.Elem()))
			v.Elem().Set(c.value(t.Elem(), depth+1))
		}
	case reflect.Slice:
		if some > 0 {
			v.Set(reflect.MakeSlice(t, some-1, some-1))
			for i := range v.Len() {
				v.Index(i).Set(c.value(t.Elem(), depth+1))
			}
		}
	case reflect.Map:
		if some > 0 {
			v.Set(reflect.MakeMap(t))
			for range some - 1 {
				v.SetMapIndex(c.value(t.Key(), depth+1), c.value(t.Elem(), depth+1))
			}
		}
	case reflect.Struct:
		for i := range t.NumField() {
			if t.Field(i).IsExported() {
				v.Field(i).Set(c.value(t.Field(i).Type, depth+1))
			}
		}
	case reflect.String:
		v.SetString(c.of("", "a", "b", "é<&>", "\x00"))
	case reflect.Int32:
		v.SetInt(int64(c.IntN(3)))
	case reflect.Bool:
		v.SetBool(c.IntN(2) == 0)
	}
	return v
}

// laws holds the setters of an input against the laws of lenses: what is set is there, what is set last counts, setting
// what is there changes nothing. The input that is copied stays as it is.
func laws[T any](t *testing.T) {
	seed := rand.Uint64()
	c := chance{rand.New(rand.NewPCG(seed, 2))}
	typ := reflect.TypeFor[T]()
	for range 50 {
		in := c.value(typ, 0).Addr().Interface().(*T)
		before, hash := wire.With(in, func(*T) {}), wire.Hash(in)
		if !wire.Equal(in, before) || !reflect.DeepEqual(in, before) {
			t.Fatalf("seed %d: a copy of %v differs", seed, in)
		}
		for i := range typ.NumField() {
			if !typ.Field(i).IsExported() {
				continue
			}
			get := func(in *T) any { return reflect.ValueOf(in).Elem().Field(i).Interface() }
			set := func(x reflect.Value) func(*T) {
				return func(in *T) { reflect.ValueOf(in).Elem().Field(i).Set(x) }
			}
			a, b := c.value(typ.Field(i).Type, 1), c.value(typ.Field(i).Type, 1)
			once := wire.With(in, set(a))
			if !reflect.DeepEqual(get(once), a.Interface()) {
				t.Errorf("seed %d: %s is not what was set", seed, typ.Field(i).Name)
			}
			if twice := wire.With(wire.With(in, set(b)), set(a)); !wire.Equal(twice, once) || !reflect.DeepEqual(twice, once) {
				t.Errorf("seed %d: %s is not what was set last", seed, typ.Field(i).Name)
			}
			if same := wire.With(once, set(reflect.ValueOf(get(once)).Convert(typ.Field(i).Type))); !wire.Equal(same, once) {
				t.Errorf("seed %d: %s changed when set to what it was", seed, typ.Field(i).Name)
			}
			if wire.Equal(in, once) != (wire.Hash(in) == wire.Hash(once)) {
				t.Errorf("seed %d: inputs that are equal by %s have other hashes, or the other way round", seed, typ.Field(i).Name)
			}
		}
		if !reflect.DeepEqual(in, before) || wire.Hash(in) != hash {
			t.Fatalf("seed %d: %v was changed", seed, in)
		}
	}
}

func TestSettersKeepTheLawsOfLenses(t *testing.T) {
	laws[connect.StartChatContactInput](t)
	laws[connect.SearchContactFlowsInput](t)
	laws[connect.UpdateContactAttributesInput](t)
	laws[participant.GetTranscriptInput](t)
}
