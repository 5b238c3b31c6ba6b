//! Names of sockets as identifiers that every language takes: no keyword of any, and no name that the programs use
//! themselves.

/// Keywords of Python, C and Rust, what the programs' own helpers are called, and the macros of C headers that are no
/// capitals.
const RESERVED: &str = " \
    abstract accept alarm alignas alignof alloc and as assert async at auto await become begin bind bool \
    box break buf built built_length bytes case catch char check check_message class close compare \
    comparison conn connect const constexpr contextmanager continue core crate data def default del \
    differences do done double drop dyn early elif else end enum errno error except exec exit export \
    extern failed fails false fcntl fd final finally finish float fn for forget found free from gen \
    getsockname getsockopt glance global got goto group grow htonl htons i386 if impl import in index \
    inet_aton inet_pton inline int is join lambda lane lane_count lane_named lane_of lanes len let linux \
    list listen long loop macro main major malloc match max memcmp memcpy memory message minor mod move \
    must mut near near_at new none nonlocal not offsetof ok or other override owned pack pair part pass \
    peek peer poll print printf priv program pub puts raise range read_ahead receive received recv \
    recvfrom ref register restrict result return returned rust select self send send_all sendto session \
    set setsockopt settle short show shown shutdown signal signed sizeof socket socketpair some static \
    std stderr stdin stdout stop str string strlen struct super switch sys take time timeout to to_near \
    trait transmit tried true try tuple turn type typedef typeof union unix unlink unsafe unsigned \
    unsized urgent use value vec virtual void volatile wait wait_for watch where while with with_lane \
    write yield ";

/// A name as an identifier.
#[must_use]
pub fn identifier(name: &str) -> String {
    let mut identifier: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect();
    if !identifier.starts_with(|c: char| c.is_ascii_alphabetic()) {
        identifier.insert(0, 's');
    }
    if RESERVED.contains(&format!(" {identifier} ")) {
        identifier.push('_');
    }
    identifier
}

#[cfg(test)]
mod tests {
    use super::identifier;

    #[test]
    fn names_are_identifiers() {
        for (name, expected) in [
            ("A", "a"),
            ("Server-1", "server_1"),
            ("lambda", "lambda_"),
            ("IF", "if_"),
            ("unix", "unix_"),
            ("1st", "s1st"),
            ("_x", "s_x"),
            ("", "s"),
        ] {
            assert_eq!(identifier(name), expected);
        }
    }

    #[test]
    fn no_name_is_one_that_a_program_uses_itself() {
        let preludes = [
            include_str!("../../assets/export/prelude.py"),
            include_str!("../../assets/export/prelude.c"),
            include_str!("../../assets/export/prelude.rs"),
        ];
        let mut count = 0;
        for line in preludes.iter().flat_map(|text| text.lines()) {
            let is_item = ["def ", "fn ", "UNUSED static", "#define ", "static "]
                .iter()
                .any(|word| line.starts_with(word));
            let Some((head, _)) = line.split_once(['(', '<', ';', '=']).filter(|_| is_item) else {
                continue;
            };
            let name = head
                .rsplit([' ', '*'])
                .find(|word| !word.is_empty())
                .unwrap_or("");
            if name.starts_with(|c: char| c.is_ascii_lowercase()) {
                assert_ne!(identifier(name), name);
                count += 1;
            }
        }
        assert!(count > 80, "{count}");
    }
}
