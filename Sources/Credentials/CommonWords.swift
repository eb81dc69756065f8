/// Words that come to mind first, put together for this purpose from no other list.
///
/// They stand for whole families: a password is refused where little but such words, years and
/// rows of keys is left of it.
enum CommonWords {
    /// In any order, between blanks.
    static let words = """
        password passwort passphrase passcode pass word secret secure security login logon signin
        access enter welcome hello goodbye letmein changeme change default temporary temp test
        testing example sample demo guest user username admin administrator root master manager
        system computer laptop internet network server google microsoft windows office apple
        school schools college academy university primary secondary grammar nursery infant junior
        class classroom teacher teachers teaching tutor head headteacher deputy assistant staff
        student students pupil pupils parent parents governor lesson lessons learning education
        maths math mathematics english science physics chemistry biology history geography french
        german spanish latin music drama dance art design technology computing literacy numeracy
        reading writing phonics religious studies business economics psychology sociology
        football soccer rugby cricket tennis hockey basketball baseball netball swimming running
        arsenal chelsea liverpool everton united city rovers rangers celtic villa spurs
        love loves lover iloveyou loveyou like hate the and our for you your this that with from
        have has not are was one two three four five six seven eight nine ten hundred thousand
        hundred million first second third last best good great nice cool super happy lucky sunny
        red orange yellow green blue purple pink black white brown grey silver gold golden
        cat cats kitty kitten dog dogs puppy horse pony rabbit hamster monkey tiger lion bear
        dragon unicorn eagle shadow phoenix panda dolphin butterfly ginger pepper cookie cheese
        chocolate coffee banana cherry pizza sugar honey flower rose daisy lily sunshine rainbow
        star stars moon summer winter spring autumn weather rain snow holiday holidays christmas
        easter halloween birthday weekend morning night today tomorrow yesterday family mother
        father mummy daddy mum dad sister brother baby angel princess prince king queen superman
        batman spiderman starwars pokemon minecraft matrix ninja pirate wizard magic hunter killer
        london england britain scotland wales ireland america europe world home house garden
        trust trustno believe peace freedom dream dreams forever always never jesus god heaven
        name work job money keep open sesame please thanks thank okay yes qwerty asdf
        abc xyz xxx
        """

    /// Names of months, days and seasons.
    static let dates = """
        january february march april may june july august september october november december
        jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday
        saturday sunday term year week day
        """
}
