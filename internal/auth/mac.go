// Package auth tells who is calling: the holder of an access key, by the Signature Version 4 of its request, or a participant of a chat,
// by a token that we issued.
package auth

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"sync"
)

// macs makes HMAC-SHA256 sums with one key. It keeps what it has prepared, so that a sum does not allocate.
type macs struct{ idle sync.Pool } // of *mac

type mac struct {
	hash hash.Hash
	buf  []byte
}

func newMACs(key []byte) *macs {
	key = bytes.Clone(key)
	return &macs{sync.Pool{New: func() any { return &mac{hash: hmac.New(sha256.New, key)} }}}
}

func sum[T string | []byte](m *macs, message T) [sha256.Size]byte {
	h := m.idle.Get().(*mac)
	defer m.idle.Put(h)
	h.hash.Reset()
	h.buf = append(h.buf[:0], message...)
	h.hash.Write(h.buf)
	h.buf = h.hash.Sum(h.buf[:0])
	return [sha256.Size]byte(h.buf)
}
