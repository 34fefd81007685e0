package server

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/openparley/parley/internal/admin"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/store"
)

// firstRun fills an empty database: a key to sign tokens with and, for customers, one access key, which is shown this once, and an
// instance. A developer's server makes its instance wherever it is missing.
//
// It comes after everything that a wrong configuration can stop, so that no start fails that has shown a key. The key is shown when it
// is stored, not before: one that was shown works. Should the program die in between, "credentials" lets the operator in.
func (s *Server) firstRun(ctx context.Context) error {
	made, tokenKey, instance := newAccessKey(), newTokenKey(), uuid.NewString()
	var first bool
	err := s.store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		keys, err := tx.Secrets(secretTokenKey) // keeps off other nodes that run for the first time too
		if err != nil {
			return err
		}
		first = len(keys) == 0
		if first {
			tokenKey.CreatedAt = tx.Now().UnixMilli()
			tx.PutSecret(tokenKey)
		}
		switch {
		case s.cfg.Dev != nil:
			_, err := tx.Instance(DevInstance)
			if errors.Is(err, store.ErrNotFound) {
				admin.CreateInstance(tx, devInstance)
				return nil
			}
			return err
		case first:
			tx.PutSecret(store.Secret{
				Kind: secretAccessKey, ID: made.AccessKeyID, Value: []byte(made.SecretAccessKey), CreatedAt: tx.Now().UnixMilli(),
			})
			admin.CreateInstance(tx, admin.NewInstance{ID: instance, Alias: s.cfg.Instance})
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("make the first keys and instance: %w", err)
	}
	if first && s.cfg.Dev == nil {
		s.cfg.Notice("First run: this is the access key of this server. It is not shown again.\n" +
			"  access key id:     " + made.AccessKeyID + "\n  secret access key: " + made.SecretAccessKey)
	}
	return nil
}

// Kinds of secrets in the database.
const (
	secretAccessKey = "access-key"
	secretTokenKey  = "token-key"
)

// secrets are what callers prove themselves with.
type secrets struct {
	accessKeys map[string]string // id → secret
	operators  map[string]bool   // ids of access keys
	tokenKeys  []auth.TokenKey
}

// lookup is what the verifier asks.
func (k *secrets) lookup(accessKeyID string) (secret, sessionToken string, expires time.Time, ok bool) {
	secret, ok = k.accessKeys[accessKeyID]
	return secret, "", time.Time{}, ok
}

// readSecrets reads the keys of the database and of the configuration.
func (s *Server) readSecrets(ctx context.Context) (*secrets, error) {
	keys := &secrets{accessKeys: map[string]string{}, operators: map[string]bool{}}
	signing, err := s.store.Secrets(ctx, secretTokenKey)
	if err != nil {
		return nil, fmt.Errorf("read the token keys: %w", err)
	}
	for _, k := range signing {
		keys.tokenKeys = append(keys.tokenKeys, auth.TokenKey{ID: k.ID, Secret: k.Value})
	}
	access, err := s.store.Secrets(ctx, secretAccessKey)
	if err != nil {
		return nil, fmt.Errorf("read the access keys: %w", err)
	}
	for _, k := range access {
		keys.accessKeys[k.ID] = string(k.Value)
	}
	for _, k := range s.cfg.Credentials {
		keys.accessKeys[k.AccessKeyID], keys.operators[k.AccessKeyID] = k.SecretAccessKey, k.Operator
	}
	if s.cfg.Dev != nil {
		keys.accessKeys[DevAccessKey], keys.operators[DevAccessKey] = DevAccessKey, true
	}
	return keys, nil
}

func newTokenKey() store.Secret {
	return store.Secret{Kind: secretTokenKey, ID: randomText(6), Value: randomBytes(32)}
}

// newAccessKey makes a key that looks like Amazon's, so that every client takes it.
func newAccessKey() Credential {
	return Credential{AccessKeyID: "PARLEY" + strings.ToUpper(randomText(7)), SecretAccessKey: randomText(20)}
}

func randomText(bytes int) string { return hex.EncodeToString(randomBytes(bytes)) }

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return b
}
