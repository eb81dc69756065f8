extension Schema {
    /// Who is responsible for a pupil, by the record of whoever is; 0 in `given_by` stands for by
    /// hand, as it does for a place in a class.
    ///
    /// The column of the account says whether there is anything to read, so that whoever has no
    /// relations costs no search.
    static let guardianships = """
        ALTER TABLE account ADD COLUMN has_guardianships INTEGER NOT NULL DEFAULT 0
            CHECK (has_guardianships IN (0, 1));
        CREATE TABLE guardianship (
            account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            contact INTEGER NOT NULL REFERENCES record (id) ON DELETE CASCADE,
            given_by INTEGER NOT NULL,
            relationship TEXT,
            responsibility INTEGER CHECK (responsibility IN (0, 1)),
            is_confirmed INTEGER NOT NULL CHECK (is_confirmed IN (0, 1)),
            PRIMARY KEY (account, contact, given_by)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX guardianship_by_contact ON guardianship (contact);
        CREATE INDEX history_of_contacts ON history (tenant) WHERE field = 'contacts';
        """
}
