-- All terms of a contact go with it.

create index contact_terms_contact on contact_terms (contact_id);
