"""The words of the grammar, as plain tables.

NOUNS   ko | en | classes        one row per sense; the first sense that a verb accepts wins
        en starts with '*' when it takes no article (names, mass nouns), 'a ' is the default for
        things as objects; animate nouns take 'the' everywhere.
VERBS   ko | en base,past,ing | frame | subject classes | arguments | flags
ADJ     ko | en | classes it can describe | flags

Classes: per person, nam name, ani animal, foo food, dri drink, thi thing, big furniture and
buildings, pla place, veh vehicle, bod part of the body, wea weather, and so on.  A word in the
argument column that is a Korean noun means that noun alone, 'noun:en' its sense with that English,
'noun:en/en' senses between which nothing decides, the canonical one first.
"""

NOUNS = """
민수|Minsu|nam m
지영|Jiyoung|nam f
현우|Hyunwoo|nam m
수진|Sujin|nam f
친구|friend|per
아이|child|per
아기|baby|per
학생|student|per job
선생님|teacher|per job
의사|doctor|per job
간호사|nurse|per job
가수|singer|per job
요리사|chef|per job
화가|painter|per job
작가|writer|per job
기자|reporter|per job
군인|soldier|per job
경찰|policeman|per job
농부|farmer|per job
아버지|father|per kin
어머니|mother|per kin
할머니|grandmother|per kin
할아버지|grandfather|per kin
형|brother|per kin
누나|sister|per kin
삼촌|uncle|per kin
이모|aunt|per kin
사촌|cousin|per kin
아들|son|per kin
딸|daughter|per kin
남편|husband|per kin
아내|wife|per kin
남자|man|per
여자|woman|per
소년|boy|per
소녀|girl|per
이웃|neighbor|per
손님|guest|per
사람|person|per
왕|king|per
공주|princess|per
개|dog|ani
고양이|cat|ani
강아지|puppy|ani
새|bird|ani fly
나비|butterfly|ani fly
말|horse|ani rid
소|cow|ani
돼지|pig|ani
닭|chicken|ani
오리|duck|ani fly
토끼|rabbit|ani
곰|bear|ani
호랑이|tiger|ani
원숭이|monkey|ani
쥐|mouse|ani
양|sheep|ani
여우|fox|ani
뱀|snake|ani
코끼리|elephant|ani
물고기|fish|ani
배|ship|veh wat
차|car|veh roa
버스|bus|veh roa pub
택시|taxi|veh roa pub
기차|train|veh pub
지하철|subway|veh pub
비행기|airplane|veh pub fly
자전거|bicycle|veh roa rid
트럭|truck|veh roa
밥|*rice|foo coo
빵|*bread|foo coo
고기|*meat|foo coo
김치|*kimchi|foo coo
국수|*pasta|foo coo
라면|*ramen|foo coo
생선|*fish|foo coo
음식|*food|foo coo
수프|*soup|foo coo
치즈|*cheese|foo
초콜릿|*chocolate|foo
사탕|*candy|foo
과일|*fruit|foo
사과|apple|foo fru
배|pear|foo fru
바나나|banana|foo fru
딸기|strawberry|foo fru
포도|grape|foo fru
수박|watermelon|foo fru
감자|potato|foo coo
당근|carrot|foo
토마토|tomato|foo
밤|chestnut|foo
은행|ginkgo nut|foo
계란|egg|foo coo
케이크|cake|foo coo
피자|pizza|foo coo
과자|cookie|foo coo
샌드위치|sandwich|foo coo
아침|*breakfast|mea
점심|*lunch|mea
저녁|*dinner|mea
물|*water|dri liq
차|*tea|dri hot
커피|*coffee|dri hot
우유|*milk|dri
주스|*juice|dri
맥주|*beer|dri
콜라|*cola|dri
학교|school|pla wor
집|house|pla hou2
도서관|library|pla bui
영화관|cinema|pla bui
공원|park|pla out inn
시장|market|pla sho
병원|hospital|pla bui wor
은행|bank|pla bui wor
식당|restaurant|pla bui wor sho
가게|store|pla bui wor sho
카페|cafe|pla bui sho
백화점|mall|pla bui sho
회사|office|pla wor
교회|church|pla bui
우체국|post office|pla bui
박물관|museum|pla bui
호텔|hotel|pla bui
극장|theater|pla bui
공항|airport|pla
역|station|pla
교실|classroom|pla ins
방|room|pla ins
부엌|kitchen|pla ins
정원|garden|pla out inn
운동장|playground|pla out
농장|farm|pla out
바다|sea|pla out nat
해변|beach|pla out nat
산|mountain|pla out nat
강|river|pla out nat
호수|lake|pla out nat
숲|forest|pla out nat inn
섬|island|pla out nat
도시|city|pla cit
마을|village|pla cit
서울|*Seoul|pla cit nam2
부산|*Busan|pla cit nam2
한국|*Korea|pla cit nam2
미국|*America|pla cit nam2
일본|*Japan|pla cit nam2
중국|*China|pla cit nam2
책|book|thi rea
소설|novel|thi rea
신문|newspaper|thi rea
편지|letter|thi rea wri sen
이메일|email|rea wri sen
일기|diary|rea wri
이야기|story|rea wri sto
시|poem|rea wri sto
사진|picture|thi
그림|drawing|thi
공|ball|thi
연필|pencil|thi too
펜|pen|thi too
종이|*paper|thi
컴퓨터|computer|thi ele
전화기|phone|thi ele
텔레비전|*television|thi ele
라디오|radio|thi ele
카메라|camera|thi ele
시계|watch|thi
가방|bag|thi
지갑|wallet|thi
모자|hat|thi clo
셔츠|shirt|thi clo
치마|skirt|thi clo
코트|coat|thi clo
우산|umbrella|thi
의자|chair|thi fur
책상|desk|thi fur
침대|bed|thi fur
식탁|table|thi fur
문|door|ope def
창문|window|ope def
상자|box|thi ope
열쇠|key|thi
칼|knife|thi too
숟가락|spoon|thi too
컵|cup|thi
병|bottle|thi
접시|dish|thi
선물|present|thi sen
인형|doll|thi
장난감|toy|thi
꽃|flower|thi pla2
나무|tree|pla2
풀|*grass|pla2
잎|leaf|pla2
약|*medicine|med
돈|*money|mon
다리|bridge|bri
길|road|bri
음악|*music|mus
노래|song|mus sto
영화|movie|mov
드라마|drama|mov
연극|play|mov
수업|class|les
회의|meeting|les
숙제|*homework|tas
일|*work|tas
시험|exam|les
한국어|*Korean|sub
영어|*English|sub
수학|*math|sub
역사|*history|sub
과학|*science|sub
질문|question|ask
문제|problem|ask
이름|name|rem
꿈|dream|rem
약속|promise|rem
말|word|spe
사과|apology|apo
피아노|piano|ins2
기타|guitar|ins2
바이올린|violin|ins2
축구|*soccer|spo
농구|*basketball|spo
테니스|*tennis|spo
게임|game|gam
눈|*snow|sno wea
비|*rain|wea
바람|*wind|win
날씨|weather|wth
하늘|sky|sky
해|sun|sun
달|moon|sun
별|star|sun
밤|night|nig
불|light|lig
눈|eye|bod
배|stomach|bod
다리|leg|bod
머리|head|bod
손|hand|bod
발|foot|bod
팔|arm|bod
코|nose|bod
귀|ear|bod
목|neck|bod
이|tooth|bod
"""

PLACE_FORMS = {  # to, at (others: 'to the X', 'at/in the X')
    "school": ("to school", "at school"), "house": ("home", "at home"),
    "church": ("to church", "at church"),
}
IN_CLASSES = {"ins", "cit", "inn"}

PLURALS = {"child": "children", "person": "people", "man": "men", "woman": "women",
           "policeman": "policemen", "mouse": "mice", "sheep": "sheep", "fish": "fish",
           "wife": "wives", "baby": "babies", "puppy": "puppies", "butterfly": "butterflies"}

# frame: i no object, t object, m place it moves to/from, d object given to a person,
#        g complement with 이/가, p person with 와/과 or 에게 as the only argument
VERBS = """
가|go,went,going|m|per nam ani|pla|
오|come,came,coming|m|per nam ani|pla|
도착하|arrive,arrived,arriving|m|per nam|pla|at
달려가|run,ran,running|m|per nam ani|pla|
돌아가|return,returned,returning|m|per nam|pla|
먹|eat,ate,eating|t|per nam ani|foo mea med 물고기|tool:숟가락
마시|drink,drank,drinking|t|per nam ani|dri 수프|tool:컵
보|watch,watched,watching|t|per nam|mov 텔레비전 드라마|
보|see,saw,seeing|t|per nam ani|per nam ani thi veh pla2 sun 바다 산 강 눈:snow sky bri 배:ship/pear 다리:bridge/leg 차:car/tea|
읽|read,read,reading|t|per nam|rea|
쓰|write,wrote,writing|t|per nam|wri 책 소설 이름|tool:연필 펜
쓰|wear,wore,wearing|t|per nam|모자|
쓰|use,used,using|t|per nam|ele too 우산 가방 종이 돈|
사|buy,bought,buying|t|per nam|foo thi dri clo 차:car/tea 사과:apple 배:pear/ship veh hou2 말:horse ani|
팔|sell,sold,selling|t|per nam|foo thi dri 차:car/tea 사과:apple 배:pear/ship hou2 말:horse ani|
만나|meet,met,meeting|t|per nam|per nam|
쫓|chase,chased,chasing|t|per nam ani|per nam ani|
좋아하|like,liked,liking|t|per nam ani|per nam ani foo dri mus mov spo gam sub 눈:snow 배:pear/ship 차:tea/car 밤:chestnut/night veh thi nat cit pla2|stat
싫어하|hate,hated,hating|t|per nam ani|per nam ani foo dri spo sub 눈:snow 비 tas les|stat
사랑하|love,loved,loving|t|per nam ani|per nam ani 눈:snow mus cit|stat
기다리|wait for,waited for,waiting for|t|per nam ani|per nam 버스 기차 택시 편지 선물 비 눈:snow 배:ship 차:car 밤:night|
돕|help,helped,helping|t|per nam|per nam|
찾|find,found,finding|t|per nam ani|per nam ani thi foo bri 차:car 배:pear/ship 은행:bank/ginkgo_nut|
잡|catch,caught,catching|t|per nam ani|ani 공 per|
부르|call,called,calling|t|per nam|per nam 택시|
부르|sing,sang,singing|t|per nam|노래|
타|ride,rode,riding|t|per nam|rid|
타|take,took,taking|t|per nam|veh|
운전하|drive,drove,driving|t|per nam|roa|
몰|steer,steered,steering|t|per nam|veh|
고치|fix,fixed,fixing|t|per nam|veh ele 의자 책상 문 우산 bri 시계|
씻|wash,washed,washing|t|per nam|fru bod 접시 컵 ani|
닦|wipe,wiped,wiping|t|per nam|fur ope 이:tooth 차:car|
듣|hear,heard,hearing|t|per nam ani|mus sto 라디오 비 바람 spe|
배우|learn,learned,learning|t|per nam|sub spo ins2 노래|
가르치|teach,taught,teaching|t|per nam|sub spo per nam|
공부하|study,studied,studying|t|per nam|sub|
만들|make,made,making|t|per nam|coo 장난감 인형 책상 의자 상자 영화 노래 배:ship 모자 치마|
요리하|cook,cooked,cooking|t|per nam|coo|
굽|roast,roasted,roasting|t|per nam|고기 감자 생선 밤:chestnut 은행:ginkgo_nut|
자르|cut,cut,cutting|t|per nam|fru 고기 빵 종이 케이크 피자 나무|tool:칼
열|open,opened,opening|t|per nam|ope 가게 병 가방|
닫|close,closed,closing|t|per nam|ope 가게|
켜|turn on,turned on,turning on|t|per nam|ele 불|
끄|turn off,turned off,turning off|t|per nam|ele 불|
던지|throw,threw,throwing|t|per nam|공 병 컵 인형 장난감|
차|kick,kicked,kicking|t|per nam|공 상자 문|
그리|draw,drew,drawing|t|per nam|그림 꽃 나무 ani sun 배:ship/pear 산 눈:eye/snow 말:horse per|tool:연필 펜
찍|film,filmed,filming|t|per nam|영화 사진 ani 산 바다|tool:카메라
입|wear,wore,wearing|t|per nam|셔츠 치마 코트|
벗|take off,took off,taking off|t|per nam|clo|
빌리|borrow,borrowed,borrowing|t|per nam|책 소설 돈 연필 우산 차:car 자전거|
사과하|apologize,apologized,apologizing|p|per nam|per nam|dative to
거절하|refuse,refused,refusing|t|per nam|사과:apology 선물 돈 약속|
받|receive,received,receiving|t|per nam|sen 돈 사과:apology 꽃 질문 책|
하|do,did,doing|t|per nam|숙제 일|
하|play,played,playing|t|per nam|spo gam|
하|say,said,saying|t|per nam|말:word|
치|play,played,playing|t|per nam|ins2 테니스|
치|hit,hit,hitting|t|per nam|공|
건너|cross,crossed,crossing|t|per nam ani|bri 강 바다|
심|plant,planted,planting|t|per nam|pla2 꽃 감자|
키우|raise,raised,raising|t|per nam|ani pla2 꽃 아이|
줍|pick up,picked up,picking up|t|per nam|밤:chestnut 은행:ginkgo_nut 돈 종이 공 열쇠 잎|
치우|clear,cleared,clearing|t|per nam|눈:snow 식탁 책상 방|
청소하|clean,cleaned,cleaning|t|per nam|방 부엌 교실 집 교회 정원 가게|
잃|lose,lost,losing|t|per nam|돈 열쇠 지갑 가방 전화기 시계|
잊|forget,forgot,forgetting|t|per nam|rem per nam 숙제 영어 spe|
기억하|remember,remembered,remembering|t|per nam|rem per nam sto spe|stat
믿|trust,trusted,trusting|t|per nam|per nam spe|stat
알|know,knew,knowing|t|per nam|per nam rem sto spe bri|stat
준비하|prepare,prepared,preparing|t|per nam|mea 음식 les 선물|
시작하|start,started,starting|t|per nam|tas les 게임|
끝내|finish,finished,finishing|t|per nam|tas les 게임|
물|bite,bit,biting|t|ani|per nam ani 다리:leg 손 팔 귀|
따라가|follow,followed,following|t|per nam ani|per nam ani|
안|hug,hugged,hugging|t|per nam|per nam ani 인형|
도와주|assist,assisted,assisting|t|per nam|per nam|
주|give,gave,giving|d|per nam|thi foo dri 돈 약 sen 사과:apple 배:pear|
쓰|write,wrote,writing|d|per nam|편지 이메일|
보내|send,sent,sending|d|per nam|sen 사진 돈 책 꽃|
보여주|show,showed,showing|d|per nam|thi ani 그림 방|
가르치|teach,taught,teaching|d|per nam|sub spo 노래|
팔|sell,sold,selling|d|per nam|thi foo 차:car/tea 배:pear/ship 사과:apple|
빌려주|lend,lent,lending|d|per nam|책 돈 연필 우산 차:car 자전거|
묻|ask,asked,asking|d|per nam|ask 이름 길|
자|sleep,slept,sleeping|i|per nam ani||loc
일어나|wake up,woke up,waking up|i|per nam ani||
앉|sit,sat,sitting|i|per nam ani||loc2 stat
서|stand,stood,standing|i|per nam ani||loc2 stat
걷|walk,walked,walking|i|per nam ani||loc
뛰|jump,jumped,jumping|i|per nam ani||loc
달리|run,ran,running|i|per nam ani veh 말:horse||loc
놀|play,played,playing|i|per nam ani||loc
살|live,lived,living|i|per nam ani||loc2 stat
일하|work,worked,working|i|per nam||loc
공부하|study,studied,studying|i|per nam||loc
운동하|exercise,exercised,exercising|i|per nam||loc
요리하|cook,cooked,cooking|i|per nam||loc
웃|laugh,laughed,laughing|i|per nam||loc
울|cry,cried,crying|i|per nam ani||loc
쉬|rest,rested,resting|i|per nam ani||loc
수영하|swim,swam,swimming|i|per nam ani||loc
여행하|travel,traveled,traveling|i|per nam||loc
춤추|dance,danced,dancing|i|per nam||loc
노래하|sing,sang,singing|i|per nam ani||loc
이야기하|talk,talked,talking|i|per nam||loc
떠나|leave,left,leaving|i|per nam 기차 버스 배:ship 비행기||
돌아오|come back,came back,coming back|i|per nam ani 배:ship||
날|fly,flew,flying|i|fly||
움직이|move,moved,moving|i|per nam ani veh 손 발||
멈추|stop,stopped,stopping|i|per nam veh 비||
죽|die,died,dying|i|ani pla2 꽃||
피|bloom,bloomed,blooming|i|꽃||
자라|grow,grew,growing|i|pla2 꽃 아이 ani||
뜨|rise,rose,rising|i|sun||
빛나|shine,shone,shining|i|sun 눈:eye||
녹|melt,melted,melting|i|눈:snow 치즈 초콜릿||
불|blow,blew,blowing|i|win||
내리|fall,fell,falling|i|wea||
끝나|end,ended,ending|i|les mov 게임 밤:night 일||
시작되|begin,began,beginning|i|les mov 게임||
깊어지|deepen,deepened,deepening|i|밤:night||
필요하|need,needed,needing|g|per nam ani|thi foo dri 배:pear/ship 차:tea/car 돈 약 친구 열쇠 의사|stat adj
좋|like,liked,liking|g|per nam|per nam ani foo mus mov gam sub nat cit pla2 책 그림 일|stat adj said
싫|dislike,disliked,disliking|g|per nam|per nam ani foo sub tas les 비|stat adj said
되|become,became,becoming|g|per nam|job 왕|
전화하|phone,phoned,phoning|p|per nam|per nam|dative
말하|speak,spoke,speaking|p|per nam|per nam|dative to
결혼하|marry,married,marrying|p|per nam|per nam|with
싸우|fight,fought,fighting|p|per nam ani|per nam ani|with
"""

# classes an adjective can describe
ADJECTIVES = """
크|big|thi per ani veh pla fru hou2 pla2 배:ship/pear 눈:eye 손 발 귀 코 bri 감자|
작|small|thi per ani veh pla fru hou2 pla2 배:ship/pear 손 발 귀 코 감자 아이 밤:chestnut|
빠르|fast|ani veh 말:horse per nam|
느리|slow|ani veh 컴퓨터 per nam|
맛있|delicious|foo dri mea 배:pear 사과:apple 밤:chestnut 은행:ginkgo_nut 차:tea|
재미있|fun|mov sto gam rea spo les sub 수업|
지루하|boring|mov sto les 책 소설 게임 일|
예쁘|pretty|per nam 꽃 clo 인형 눈:eye 손 그림 ani|
아름답|beautiful|per 꽃 nat 눈:snow 하늘 노래 cit 밤:night sun 음악 나무 bri|
멋있|cool|per nam veh clo 시계|
귀엽|cute|ani 아이 아기 인형|
착하|kind|per nam|
똑똑하|smart|per nam ani|
부지런하|diligent|per nam|
유명하|famous|job 노래 영화 식당 그림 박물관 작가|
젊|young|job 남자 여자 왕 이모 삼촌|
건강하|healthy|per nam ani|
강하|strong|per nam ani win|
약하|weak|per nam ani 다리:leg|
가난하|poor|per nam|
행복하|happy|per nam ani|feel
슬프|sad|per nam 노래 영화 이야기 ani|feel
기쁘|glad|per nam|feel
피곤하|tired|per nam ani|feel
바쁘|busy|per nam|feel
배고프|hungry|per nam ani|feel
외롭|lonely|per nam|feel
졸리|sleepy|per nam ani|feel
아프|sick|per nam ani|feel
아프|hurt|bod|verb
춥|cold|cit 날씨 방 밤:night 교실|weather
덥|hot|cit 날씨 방 교실 부엌|weather
따뜻하|warm|날씨 방 물 우유 차:tea coo clo 밤:night 손|weather
시원하|cool|날씨 win 물 주스 맥주|weather
흐리|cloudy|날씨 하늘|weather
맑|clear|날씨 하늘 물 강 눈:eye|weather
차갑|cold|dri 눈:snow 손 발 수프 win|
뜨겁|hot|dri 차:tea 수프 커피 sun|
달|sweet|foo 주스 커피 배:pear 사과:apple 밤:chestnut|
맵|spicy|coo|
쓰|bitter|약 커피 차:tea 은행:ginkgo_nut|
짜|salty|coo 치즈|
비싸|expensive|thi foo veh hou2 dri 차:car/tea 배:pear/ship|
싸|cheap|thi foo dri veh 차:tea/car 배:pear/ship|
좋|good|날씨 thi mov foo dri mus 꿈 질문 책 veh sub les cit bui 배:pear/ship 차:tea/car 은행:bank/ginkgo_nut|
나쁘|bad|날씨 꿈 음식 고기 말:word 사람 남자 일 영화 소설|
새롭|new|thi veh 영화 노래 hou2 bui 이야기|
낡|old|thi veh hou2 문 bri 배:ship|
높|high|산 하늘 bri 의자 책상 bui|
낮|low|산 의자 책상 침대|
길|long|치마 편지 영화 다리:leg 팔 목 강 코 bri 연필 뱀 밤:night 코트|
짧|short|치마 편지 영화 다리:leg 팔 목 연필 소설|
무겁|heavy|thi 머리 문|
가볍|light|thi 자전거|
쉽|easy|ask les sub 숙제 책 일|
어렵|difficult|ask les sub 숙제 책 일 소설|
중요하|important|ask les 일 약속 이름 시험 편지|
조용하|quiet|per nam bui 방 교실 마을 공원 밤:night 음악|
시끄럽|noisy|아이 교실 시장 역 음악 개 도시 식당 길 veh|
깨끗하|clean|방 부엌 물 clo 컵 접시 손 길 강 집 공원 차:car|
더럽|dirty|방 부엌 물 clo 컵 접시 손 발 길 강 차:car|
밝|bright|방 달 별 해 불 밤:night|
어둡|dark|방 하늘 밤:night 길 숲|
깊|deep|바다 강 호수 숲 밤:night|
넓|wide|방 공원 바다 강 운동장 길 정원|
무섭|scary|ani 영화 이야기 꿈 밤:night|
빨갛|red|사과:apple 꽃 clo 가방 차:car 코 딸기 의자 우산 공 불|
파랗|blue|하늘 바다 clo 가방 차:car 눈:eye 의자 우산 공 문|
하얗|white|눈:snow clo 꽃 가방 고양이 개 말:horse 종이 이:tooth 차:car 토끼 우유|
"""

# Nouns between whose senses nothing decides where something is, is had, or is something.
OPEN = {
    "existence": "배:ship/pear/stomach 차:car/tea 말:horse/word 사과:apple/apology 밤:chestnut/night "
                 "은행:bank/ginkgo_nut 눈:snow/eye 다리:bridge/leg",
    "located": "배:ship/pear 차:car/tea 은행:bank/ginkgo_nut 다리:bridge/leg 말:horse 사과:apple "
               "밤:chestnut",
    "possession": "배:ship/pear/stomach 차:car/tea 말:horse/word 사과:apple/apology 눈:eye/snow "
                  "다리:leg/bridge 밤:chestnut 은행:bank/ginkgo_nut",
    "copula": "배:ship/pear/stomach 차:car/tea 말:horse/word 사과:apple/apology 눈:snow/eye "
              "다리:bridge/leg 은행:bank/ginkgo_nut",
}

# Words that mean the same; the first is canonical.
SYNONYMS = {"cinema": ["movie theater"], "store": ["shop"], "mall": ["department store"],
            "present": ["gift"], "picture": ["photo"], "child": ["kid"], "bicycle": ["bike"],
            "phone": ["telephone"], "road": ["street"], "airplane": ["plane"],
            "policeman": ["police officer"], "sea": ["ocean"], "smart": ["clever"],
            "noisy": ["loud"], "often": ["frequently"]}

IRREGULAR = {"돕": "ㅂ", "굽": "ㅂ", "줍": "ㅂ", "듣": "ㄷ", "걷": "ㄷ", "묻": "ㄷ", "부르": "르",
             "자르": "르", "빠르": "르", "아름답": "ㅂ", "귀엽": "ㅂ", "춥": "ㅂ", "덥": "ㅂ",
             "차갑": "ㅂ", "뜨겁": "ㅂ", "맵": "ㅂ", "새롭": "ㅂ", "무겁": "ㅂ", "가볍": "ㅂ",
             "쉽": "ㅂ", "어렵": "ㅂ", "시끄럽": "ㅂ", "더럽": "ㅂ", "어둡": "ㅂ", "무섭": "ㅂ",
             "외롭": "ㅂ", "빨갛": "ㅎ", "파랗": "ㅎ", "하얗": "ㅎ"}

COMPOUNDS = """
액션|action|영화 게임
공포|horror|영화 소설
로봇|robot|장난감 영화
과학|science|책 수업
역사|history|책 수업
영어|English|책 수업 시험 소설
수학|math|책 수업 시험
한국|Korean|음식 노래 드라마 영화
일본|Japanese|음식 드라마 차:car
생일|birthday|선물 케이크
초콜릿|chocolate|케이크 과자 우유
사과|apple|주스 나무
딸기|strawberry|케이크 주스
축구|soccer|공 게임
나무|wooden|책상 의자 상자
"""

TIMES = """
어제|yesterday|past|
오늘|today|present past future|
내일|tomorrow|future|
지금|now|present prog|
매일|every day|present past|
아침에|in the morning|present past future|아침
오후에|in the afternoon|present past future|오후
저녁에|in the evening|present past future|저녁
밤에|at night|present past future|밤
주말에|on the weekend|present past future|주말
월요일에|on Monday|present past future|월요일
금요일에|on Friday|present past future|금요일
토요일에|on Saturday|present past future|토요일
일요일에|on Sunday|present past future|일요일
봄에|in spring|present past future|봄
여름에|in summer|present past future|여름
가을에|in autumn|present past future|가을
겨울에|in winter|present past future|겨울
작년에|last year|past|작년
내년에|next year|future|내년
지난주에|last week|past|지난주
다음 주에|next week|future|주
"""

# place: end of the English clause, or before the main verb
ADVERBS = """
빨리|quickly|end move
천천히|slowly|end move
조용히|quietly|end move
열심히|hard|end do
많이|a lot|end do
잘|well|end do
다시|again|end any
혼자|alone|end any
일찍|early|end move
늦게|late|end move
같이|together|end any
곧|soon|end any
자주|often|mid any
항상|always|mid any
가끔|sometimes|mid any
벌써|already|mid any
아직|still|mid any
보통|usually|mid any
"""

DEGREES = {"정말": "really", "아주": "very", "너무": "too", "조금": "slightly"}

POSITIONS = {"위": "on", "아래": "under", "옆": "next to", "안": "in", "앞": "in front of",
             "뒤": "behind"}

PRONOUNS = """
나|I|me|my|1
저|I|me|my|1
너|you|you|your|2
우리|we|us|our|p
그|he|him|his|3
그녀|she|her|her|3
그들|they|them|their|p
"""
