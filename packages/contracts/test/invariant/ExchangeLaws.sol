// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {RecordsActions} from "../utils/ActionLog.sol";
import {DeployConfig} from "../../script/Deploy.s.sol";
import {MarketParams} from "../../src/interfaces/IMarketAdmin.sol";
import {IOracleMaker} from "../../src/interfaces/IOracleMaker.sol";
import {OracleMaker} from "../../src/makers/OracleMaker.sol";
import {FeeState} from "../../src/types/Fees.sol";
import {MarketLedger, MarketStatus} from "../../src/types/Market.sol";
import {Position} from "../../src/types/Position.sol";
import {Price} from "../../src/types/Units.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {HandlerBase, World} from "./handlers/HandlerBase.sol";

/// @dev The exchange with two markets in one Vault and all fees on, and the laws of its ledger. The handlers check L6
/// and the properties of single actions, after each action.
abstract contract ExchangeLaws is ExchangeTest, RecordsActions {
    bytes32 private constant SECOND_FEED = keccak256("BTC/USD");
    uint256 private constant SECOND_PRICE = 60_000e18;

    HandlerBase internal handler;
    World internal world;
    /// @dev Every account that can have a position or a fund.
    address[] internal _accounts;
    uint256 private _usdScale;
    uint256 private _baseScale;

    function setUp() public override {
        super.setUp();
        (_usdScale, _baseScale) = (1e18 / quoteXCD(1e18), 1e18 / baseXCD(1e18));
        world.d = d;
        (world.pyth, world.usd, world.weth, world.spot) = (pyth, usd, weth, spot);
        (world.owner, world.guardian, world.liquidator) = (owner(), makeAddr("guardian"), keeper);
        world.takers = [alice, bob, makeAddr("carol")];
        // No action touches the shares of the fixture's `lp`.
        world.lps = [makeAddr("lp2"), makeAddr("lp3")];
        world.feeds = [FEED, SECOND_FEED];
        world.prices = [START_PRICE, SECOND_PRICE];
        (world.debtor, world.creditor) = (makeAddr("debtor"), makeAddr("creditor"));
        world.markets = [market, _createSecondMarket()];
        _createThirdMaker();
        _approveLpsAndTakers();
        handler = createHandler();
        _accounts.push(address(handler));
        _accounts.push(world.debtor);
        _accounts.push(world.creditor);
        _accounts.push(backstop.SETTLEMENT_ACCOUNT());
        targetContract(address(handler));
    }

    /// @dev The layer of actions.
    function createHandler() internal virtual returns (HandlerBase);

    /// @dev True if handlers can read hedge shortages (H3) from the logs.
    function seesShortages() internal pure virtual returns (bool) {
        return true;
    }

    function config() internal virtual override returns (DeployConfig memory c) {
        c = super.config();
        // 10% per day at most, with a time constant of six hours; 20% per year for all of the makers' capacity.
        c.funding.maxRate = uint64(uint256(1e18) / 1 days / 10);
        c.funding.maxVelocity = c.funding.maxRate / 6 hours;
        c.funding.skewScale = 200e18;
        c.maxBorrowingRate = uint48(uint256(0.2e18) / 365 days);
        c.market.feeIndexDecimals = 12;
        c.market.rules.tradingFee = 500;
        c.market.rules.minPositionValue = 10e18;
        c.guardian = makeAddr("guardian");
    }

    // ------------------------------------------------------------------------------------------------------ laws ----

    /// @dev One campaign for all laws: each would replay the same calls.
    function invariant_L1_L2_L3_L4_H1_H2_H3_TheBooksAddUp() public view {
        for (uint256 m = 0; m < 2; ++m) {
            _checkL1(m);
            _checkL2AndL4(m);
        }
        _checkL3();
        _checkH1();
        _checkH2();
        _checkH3();
        assertEq(vault.lockHolder(), address(0), "locked between actions");
    }

    /// @dev Seen with -vv: how often each action went through, in the last run.
    function afterInvariant() public {
        handler.printCalls();
        _recordCalls(handler);
    }

    /// @dev Sizes sum to zero, and the sums from which fees are computed are the sums of the sizes.
    function _checkL1(uint256 m) private view {
        int256 sum;
        int256 takerLong;
        int256 takerShort;
        int256 makerLong;
        for (uint256 i = 0; i < _accounts.length; ++i) {
            Position memory position = vault.positionOf(world.markets[m], _accounts[i]);
            int256 size = position.size.unwrap();
            sum += size;
            if (position.isMaker && size > 0) makerLong += size;
            if (!position.isMaker && size > 0) takerLong += size;
            if (!position.isMaker && size < 0) takerShort -= size;
        }
        assertEq(sum, 0, "L1");
        FeeState memory fees = world.d.lens.feeStateOf(world.markets[m]);
        assertEq(int256(fees.takerLong), takerLong, "L1: long takers");
        assertEq(int256(fees.takerShort), takerShort, "L1: short takers");
        assertEq(int256(fees.makerLong), makerLong, "L1: long makers");
    }

    /// @dev At any price account values less pending fees, and insurance less bad debt, are the market's balance, but for
    /// dust that is never in favour of an account. Since everything but fees moves between accounts to the last wei,
    /// this is L4 as well.
    ///
    /// With n accounts, t seconds in which anything happened, and open interest of at most OI, the dust is at most
    ///   n                          values round down,
    ///   + 2 n (t + 1)              funding and borrowing of an account round up once per second that it is touched in,
    ///   + 2 OI (t + 1) / 10^d      one unit of the index of takers and one of that of makers per accrual.
    function _checkL2AndL4(uint256 m) private view {
        MarketLedger memory ledger = world.d.lens.marketOf(world.markets[m]);
        int256 held = int256(ledger.balance * _usdScale);
        uint256 n = _accounts.length;
        uint256 t = handler.steps() + 1;
        uint256 dust = n + 2 * n * t + (2 * handler.maxOpenInterest(m) / 10 ** ledger.feeIndexDecimals + 2) * t;
        int256[5] memory owed = _owedAt(m, [uint256(1), 1e9 + 7, 123456789123456789, handler.price(m), 1e27 + 1]);
        for (uint256 i = 0; i < 5; ++i) {
            int256 sum = owed[i] + ledger.insurance;
            assertLe(sum, held, "L2: dust in favour of an account");
            assertGe(sum + int256(dust), held, "L2: more than dust is missing");
        }
    }

    /// @dev Values of all accounts at each price, less pending fees.
    function _owedAt(uint256 m, uint256[5] memory prices) private view returns (int256[5] memory owed) {
        for (uint256 i = 0; i < _accounts.length; ++i) {
            Position memory position = vault.positionOf(world.markets[m], _accounts[i]);
            (int256 funding, int256 borrowing) = d.lens.pendingFeesOf(world.markets[m], _accounts[i]);
            for (uint256 j = 0; j < 5; ++j) {
                owed[j] += position.value(Price.wrap(prices[j])).unwrap() - funding - borrowing;
            }
        }
    }

    /// @dev Tokens are funds and market balances, apart from donations. Actions in the first market, its spot market
    /// included, do not change the balance of the second.
    function _checkL3() private view {
        uint256 owed;
        for (uint256 m = 0; m < 2; ++m) {
            owed += world.d.lens.marketOf(world.markets[m]).balance;
        }
        for (uint256 i = 0; i < _accounts.length; ++i) {
            owed += vault.fundOf(_accounts[i]);
            (uint256 escrow,) = vault.escrowOf(_accounts[i], address(world.d.orderGateway));
            owed += escrow;
        }
        assertEq(usd.balanceOf(address(vault)), owed + handler.vaultDonations(), "L3");
        assertEq(
            int256(uint256(world.d.lens.marketOf(world.markets[1]).balance)),
            handler.secondMarketFlow(),
            "L3: isolation"
        );
    }

    /// @dev Base held, perpetual size and the hedge gap add up to the LPs' net deposits less hedge shortages, to the
    /// base token's last decimal. Tokens held are never fewer than the internal ledger states.
    function _checkH1() private view {
        int256 held = (int256(uint256(shb.assetBalance())) + shb.hedgeGap()) * int256(_baseScale);
        int256 exposure = held + sizeOf(address(shb));
        int256 brought = handler.hedgedBase() * int256(_baseScale);
        if (seesShortages()) assertGe(exposure, brought, "H1: less");
        assertLt(exposure - brought, int256(_baseScale), "H1: more");
        assertGe(weth.balanceOf(address(shb)), shb.assetBalance(), "H1: tokens");
        assertGe(sizeOf(address(shb)), 0, "the base vault is short");
        _checkCap(0, world.third);
        for (uint256 m = 0; m < 2; ++m) {
            _checkCap(m, world.oracleMakers[m]);
        }
    }

    function _checkCap(uint256 m, OracleMaker maker) private view {
        uint256 size = vault.positionOf(world.markets[m], address(maker)).size.abs();
        assertLe(size, maker.maxAbsPosition(), "beyond the cap");
    }

    /// @dev "The hedge of an increasing fill and of a liquidation executes within a configured distance of the oracle price
    /// [...] and the taker gets the worse of swap price and oracle price" when it reduces. Gaps have a bound of their own.
    function _checkH2() private view {
        assertLe(handler.widestHedge(), shb.parameters().maxHedgeDeviation, "H2: a hedge was too far");
        assertLe(handler.widestGapHedge(), shb.hedgeGapRules().maxDeviation, "H2: a gap's hedge was too far");
        assertLe(handler.closersGain(), 1, "H2: a closing taker did better than the oracle price");
    }

    /// @dev "Fees the maker has paid never lock a taker in. When a fraction k of the position closes, the shortage is S
    /// = k x max(0, |openNotional| - (margin - pending fees)) [...] spread over all closers, not left to the last":
    /// after a close the shortage is at most pro rata to the open part, apart from a unit of either token. The
    /// handlers' lists of legal refusals show that no close reverts for it.
    function _checkH3() private view {
        uint256 unit = 2 * (_usdScale + handler.highestPrice() * _baseScale / 1e18) + 2;
        assertLe(handler.unfairShortage(), int256(unit), "H3: left to later closers");
    }

    // ------------------------------------------------------------------------------------------------------ setup ----

    /// @dev A second OracleMaker in the first market, with a flatter curve, a smaller cap and a fee.
    function _createThirdMaker() private {
        IOracleMaker.Parameters memory parameters = IOracleMaker.Parameters({
            maxSpread: 5_000,
            minMarginRatio: 100_000,
            maxAbsPosition: 200e18,
            lpFee: 300,
            confidenceFactor: 1e6,
            maxConfidencePremium: 2_000
        });
        bytes memory arguments = abi.encode("OM ETH 2", "OMETH2", owner(), house, market, parameters);
        world.third = OracleMaker(deployCode("OracleMaker.sol:OracleMaker", arguments));
        vm.startPrank(owner());
        house.registerMaker(address(world.third));
        world.third.setValidSender(address(house), true);
        world.third.setWhitelistLp(lp, true);
        vm.stopPrank();
        _depositIn(world.third, 400_000e18);
    }

    function _depositIn(OracleMaker maker, uint256 quote) private {
        usd.mint(lp, quoteXCD(quote));
        vm.startPrank(lp);
        usd.approve(address(maker), type(uint256).max);
        maker.deposit(quoteXCD(quote));
        vm.stopPrank();
    }

    /// @dev BTC at 60,000 with an OracleMaker only.
    function _createSecondMarket() private returns (uint256 id) {
        DeployConfig memory c = config();
        MarketParams memory params = c.market;
        params.feeIndexDecimals = 11;
        vm.startPrank(owner());
        id = house.createMarket(params);
        oracle.setFeed(id, plainFeed(SECOND_FEED));
        house.setFunding(id, c.funding.maxRate, c.funding.maxVelocity, c.funding.skewScale / 30);
        house.setBorrowing(id, c.maxBorrowingRate);
        c.oracleMaker.maxAbsPosition = 15e18;
        OracleMaker second = OracleMaker(
            deployCode("OracleMaker.sol:OracleMaker", abi.encode("OM BTC", "OMBTC", owner(), house, id, c.oracleMaker))
        );
        house.registerMaker(address(second));
        house.setMarketStatus(id, MarketStatus.Active);
        second.setValidSender(address(house), true);
        second.setWhitelistLp(lp, true);
        vm.stopPrank();
        world.oracleMakers = [om, second];
        bytes[] memory update = new bytes[](1);
        int64 price = int64(uint64(SECOND_PRICE / 1e10));
        update[0] = pyth.createPriceFeedUpdateData(
            SECOND_FEED, price, 0, -8, price, 0, uint64(timestamp()), uint64(timestamp() - 1)
        );
        pyth.updatePriceFeeds{value: 1}(update);
        _depositIn(second, 500_000e18);
    }

    function _approveLpsAndTakers() private {
        _approveAt(world.third);
        for (uint256 m = 0; m < 2; ++m) {
            _approveAt(world.oracleMakers[m]);
        }
        for (uint256 i = 0; i < world.lps.length; ++i) {
            vm.prank(owner());
            shb.setWhitelistLp(world.lps[i], true);
        }
        _accounts.push(address(shb));
        _accounts.push(world.liquidator);
        fund(world.liquidator, quoteXCD(1_000_000e18));
        for (uint256 i = 0; i < world.takers.length; ++i) {
            _accounts.push(world.takers[i]);
            if (i == 2) fund(world.takers[i], quoteXCD(1_000_000e18));
            for (uint256 m = 0; m < 2; ++m) {
                vm.prank(world.takers[i]);
                vault.transferFundToMargin(world.markets[m], world.takers[i], quoteXCD(20_000e18));
            }
        }
        // The liquidator needs margin in order to receive rewards; it adds more during the campaign.
        for (uint256 m = 0; m < 2; ++m) {
            vm.prank(world.liquidator);
            vault.transferFundToMargin(world.markets[m], world.liquidator, quoteXCD(50_000e18));
        }
    }

    function _approveAt(OracleMaker maker) private {
        vm.startPrank(owner());
        for (uint256 i = 0; i < world.takers.length; ++i) {
            maker.setValidSender(world.takers[i], true);
        }
        maker.setValidSender(world.liquidator, true);
        maker.setValidSender(world.debtor, true);
        maker.setValidSender(world.creditor, true);
        for (uint256 i = 0; i < world.lps.length; ++i) {
            maker.setWhitelistLp(world.lps[i], true);
        }
        vm.stopPrank();
        _accounts.push(address(maker));
    }
}
