package arn

import "testing"

func TestIsBucket(t *testing.T) {
	for name, want := range map[string]bool{
		"parley-demo": true, "a.b": true, "abc": true, "ab": false, "": false, "Parley": false, "a..b": false, "-ab": false, "a/b": false, "../a": false,
	} {
		if IsBucket(name) != want {
			t.Errorf("IsBucket(%q) = %v", name, !want)
		}
	}
}
