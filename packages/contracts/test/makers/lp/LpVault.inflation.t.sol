// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../../script/Deploy.s.sol";
import {IOrderTimes} from "../../../src/interfaces/IOrderTimes.sol";
import {ILpModule} from "../../../src/interfaces/ILpModule.sol";
import {LpQueue} from "../../../src/makers/lp/LpQueue.sol";
import {LpRequestVault} from "../../../src/makers/lp/LpRequestVault.sol";
import {OracleMaker} from "../../../src/makers/OracleMaker.sol";
import {BaseVaultModule} from "../../../src/makers/spot-hedge/BaseVaultModule.sol";
import {QuoteVaultModule} from "../../../src/makers/spot-hedge/QuoteVaultModule.sol";
import {QuoteVaultQuotes} from "../../../src/makers/spot-hedge/QuoteVaultQuotes.sol";
import {SpotHedgeBaseMaker} from "../../../src/makers/SpotHedgeBaseMaker.sol";
import {SpotHedgeQuoteMaker} from "../../../src/makers/SpotHedgeQuoteMaker.sol";
import {ZeroAmount} from "../../../src/types/Errors.sol";
import {ExchangeTest} from "../../utils/ExchangeTest.sol";
import {LpRequestVaultTest} from "../../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";
import {quoteRules} from "../../utils/SpotHedgeQuoteMakerExchange.sol";
import {TestToken} from "../../utils/TestToken.sol";

/// @dev T11 on an OracleMaker without LPs, by a taker's loss.
contract LpVaultInflationTest is ExchangeTest {
    address private victim = makeAddr("victim");
    address private attacker = makeAddr("attacker");
    OracleMaker private fresh;

    function setUp() public override {
        super.setUp();
        DeployConfig memory c = config();
        vm.startPrank(owner());
        fresh = new OracleMaker("Fresh", "F", owner(), house, market, c.oracleMaker);
        house.registerMaker(address(fresh));
        fresh.setValidSender(attacker, true);
        fresh.setWhitelistLp(victim, true);
        fresh.setWhitelistLp(attacker, true);
        vm.stopPrank();
        usd.mint(victim, 1_000_000 * USD);
        usd.mint(attacker, 10_000_000 * USD);
        vm.prank(victim);
        usd.approve(address(fresh), type(uint256).max);
        vm.startPrank(attacker);
        usd.approve(address(fresh), type(uint256).max);
        usd.approve(address(vault), type(uint256).max);
        vault.deposit(attacker, 5_000_000 * USD);
        vm.stopPrank();
    }

    /// @dev The attacker becomes the only and smallest shareholder and raises the share price in the only possible way,
    /// by a loss of its own as a taker. It never recovers that loss.
    function testFuzz_T11_InflationCostsTheAttacker(uint256 first, uint256 kept, uint256 gift, uint256 amount) public {
        first = boundAmountXCD(first, 2, 1000 * USD);
        gift = boundAmountXCD(gift, 1, 1_000_000 * USD);
        amount = boundAmountXCD(amount, 1 * USD, 1_000_000 * USD);
        vm.startPrank(attacker);
        uint256 shares = fresh.deposit(first);
        kept = boundShares(kept, 1, 1e12);
        fresh.withdraw(shares - kept);
        vm.stopPrank();
        giveMargin(address(fresh), gift);
        uint256 before = usd.balanceOf(attacker);

        vm.prank(victim);
        uint256 victimShares;
        try fresh.deposit(amount) returns (uint256 s) {
            victimShares = s;
        } catch (bytes memory reason) {
            assertEq(bytes4(reason), ZeroAmount.selector, "no deposit without a share");
        }
        vm.prank(attacker);
        try fresh.withdraw(kept) {} catch {}
        uint256 got = usd.balanceOf(attacker) - before;
        assertLe(got, gift + first, "the attacker earned");

        if (victimShares == 0) return;
        vm.prank(victim);
        uint256 back = fresh.withdraw(victimShares);
        // Rounding to a whole share may cost the victim, but the attacker loses a multiple of it.
        assertLe(amount - (back < amount ? back : amount), (gift + first - got) + 2, "cheap grief");
    }
}

/// @dev T11 on makers without LPs.
abstract contract FreshMakersTest is LpRequestVaultTest {
    /// @dev The next LP loses less than one share to rounding, to the holders of the other shares. When a share is
    /// worth a millionth more than a wei, the virtual shares have already taken more of the gift than that. So the
    /// attacker gains one wei at most, at any amount.
    uint256 private constant DUST = 1;

    function collateralDecimals() internal pure override returns (uint8) {
        return 18;
    }

    function _attack(uint256 m, uint256 first, uint256 kept, uint256 gift, uint256 amount) internal {
        TestToken asset = token;
        first = boundAmount(first, 1, 1e30);
        gift = _log(m, gift);
        amount = _log(m >> 16, amount);
        uint256 spent = first;
        requestDeposit(carol, first);
        settleAt(START_PRICE);
        uint256 shares = claimShares(carol);
        kept = boundPart(kept, shares);
        if (kept < shares) requestRedeem(carol, shares - kept);
        if (kept < shares) settleAt(START_PRICE);
        if (requests.maxRedeem(carol) != 0) claimAssets(carol);
        // The gift is collateral in the maker's margin. A base vault values it at gift / price.
        giveMargin(address(maker), gift);
        spent += asset == usd ? gift : gift / 2000;

        requestDeposit(dave, amount);
        settleAt(START_PRICE);
        uint256 daveShares = requests.maxDeposit(dave) == 0 ? 0 : claimShares(dave);
        requestRedeem(carol, kept);
        settleAt(START_PRICE);
        uint256 quote = requests.claimableQuote(carol);
        if (requests.maxRedeem(carol) != 0) claimAssets(carol);
        assertLe(asset.balanceOf(carol) + quote / 2000, spent + DUST, "the attacker earned");
        if (daveShares == 0) assertGe(token.balanceOf(dave) + _returned(dave), amount, "no deposit without a share");
    }

    /// @dev The same by the immediate path, with approved LPs.
    function _attackNow(uint256 first, uint256 kept, uint256 gift, uint256 amount) internal {
        TestToken asset = token;
        first = boundAmount(first, 1, 1e30);
        uint256 spent = first + (asset == usd ? gift : gift / 2000);
        uint256 shares = _depositNow(carol, first);
        kept = boundPart(kept, shares);
        if (kept < shares) _withdrawNow(carol, shares - kept);
        uint256 quoteBefore = usd.balanceOf(carol);
        giveMargin(address(maker), gift);
        uint256 daveShares = _depositNow(dave, amount);
        _withdrawNow(carol, kept);
        uint256 quote = asset == usd ? 0 : usd.balanceOf(carol) - quoteBefore;
        assertLe(asset.balanceOf(carol) + quote / 2000, spent + DUST, "the attacker earned");
        if (daveShares == 0) assertEq(asset.balanceOf(dave), amount, "no deposit without a share");
    }

    function _depositNow(address account, uint256 amount) private returns (uint256 shares) {
        token.mint(account, amount);
        vm.startPrank(account);
        token.approve(address(maker), amount);
        try maker.deposit(amount) returns (uint256 minted) {
            shares = minted;
        } catch (bytes memory reason) {
            assertEq(bytes4(reason), ZeroAmount.selector);
        }
        vm.stopPrank();
    }

    /// @dev Shares worth less than one unit cannot be withdrawn.
    function _withdrawNow(address account, uint256 shares) private {
        vm.prank(account);
        try maker.withdraw(shares) {}
        catch (bytes memory reason) {
            assertEq(bytes4(reason), ZeroAmount.selector);
        }
    }

    function _returned(address account) private view returns (uint256 sum) {
        for (uint256 i = 1; i <= requests.requestCount(); ++i) {
            sum += requests.claimableCancelDepositRequest(i, account);
        }
    }

    function _install(ILpModule fresh, TestToken asset) internal {
        maker = fresh;
        token = asset;
        scale = 1;
        requests = new LpRequestVault(fresh, owner());
        vm.startPrank(owner());
        house.registerMaker(address(fresh));
        fresh.setRequestVault(address(requests));
        fresh.setLpRules(type(uint128).max, 0);
        fresh.setWhitelistLp(carol, true);
        fresh.setWhitelistLp(dave, true);
        requests.setRules(LpQueue.Rules(uint32(DELAY), uint32(VALIDITY), uint128(KEEPER_FEE)));
        IOrderTimes[] memory gateways = new IOrderTimes[](1);
        gateways[0] = gateway;
        requests.setGateways(gateways);
        oracle.setExecutor(address(requests), true);
        vm.stopPrank();
        address[2] memory lps = [carol, dave];
        for (uint256 i = 0; i < lps.length; ++i) {
            vm.prank(lps[i]);
            asset.approve(address(requests), type(uint256).max);
        }
    }

    function _log(uint256 magnitude, uint256 seed) internal pure returns (uint256) {
        magnitude = magnitude % 31;
        return boundAmount(seed, 10 ** magnitude, magnitude == 30 ? 10 ** 30 : 10 ** (magnitude + 1));
    }
}

/// @dev T11 with collateral of 18 decimals, so that amounts have every magnitude from one wei to 1e30.
abstract contract InflationMagnitudesSuite is FreshMakersTest {
    MakerKind internal immutable freshKind;

    constructor(MakerKind freshKind_) LpRequestVaultTest(MakerKind.Oracle) {
        freshKind = freshKind_;
    }

    /// @dev The attacker deposits first, keeps few shares and raises their price by a gift, then the next LP deposits. The
    /// attacker never recovers the gift.
    function testFuzz_T11_Requests(uint256 m, uint256 first, uint256 kept, uint256 gift, uint256 amount) public {
        _installFresh();
        _attack(m, first, kept, gift, amount);
    }

    function testFuzz_T11_ImmediatePath(uint256 m, uint256 first, uint256 kept, uint256 gift, uint256 amount) public {
        _installFresh();
        _attackNow(first, kept, _log(m, gift), _log(m >> 16, amount));
    }

    /// @dev The worst case at each magnitude: a first deposit of one wei, one or all of its shares kept, and a gift of
    /// once or 1.5 times the next deposit.
    function test_T11_ImmediatePath_EveryMagnitude() public {
        _installFresh();
        for (uint256 m = 0; m <= 30; ++m) {
            for (uint256 i = 0; i < 4; ++i) {
                uint256 snapshot = vm.snapshotState();
                uint256 kept = i & 1 == 0 ? 1 : type(uint256).max;
                _attackNow(1, kept, i & 2 == 0 ? 10 ** m : 10 ** m + 10 ** m / 2, 10 ** m);
                vm.revertToState(snapshot);
            }
        }
    }

    function _installFresh() internal {
        address owner_ = owner();
        if (freshKind == MakerKind.Oracle) {
            _install(new OracleMaker("F", "F", owner_, house, market, config().oracleMaker), usd);
        } else if (freshKind == MakerKind.SpotHedgeBase) {
            BaseVaultModule module_ = new BaseVaultModule(house, market, weth);
            _install(new SpotHedgeBaseMaker("F", "F", owner_, house, market, weth, shb.parameters(), module_), weth);
        } else {
            QuoteVaultModule module_ =
                new QuoteVaultModule(house, market, weth, new QuoteVaultQuotes(house, market, weth));
            _install(
                new SpotHedgeQuoteMaker(
                    "F", "F", owner_, house, market, weth, shb.parameters(), quoteRules(0), module_
                ),
                usd
            );
        }
    }
}

contract OracleMakerInflationTest is InflationMagnitudesSuite(MakerKind.Oracle) {}

contract SpotHedgeBaseMakerInflationTest is InflationMagnitudesSuite(MakerKind.SpotHedgeBase) {
    /// @dev Found by a campaign: a small gift to an LP vault of 5e11 , whose next LP loses less than one share of a wei
    /// to rounding. The attacker earns that wei and no more.
    function test_T11_RoundingOfTheNextLp_IsDust() public {
        _installFresh();
        uint256 held = weth.balanceOf(carol);
        uint256 m = 436806909482492604144146010;
        uint256 first = 11775381315814741700189723947122548649082042782802907041727219;
        first = boundAmount(first, 1, 1e30);
        uint256 gift = _log(m, 3731065298516404124888387585332438036604804124982615105073878107667359);
        _attackNow(first, 73211370482491386265407520276, gift, _log(m >> 16, 43113853356348545934332994335855289438429));
        assertEq(weth.balanceOf(carol) - held + usd.balanceOf(carol) / 2000, first + gift / 2000 + 1);
    }
}

contract SpotHedgeQuoteMakerInflationTest is InflationMagnitudesSuite(MakerKind.SpotHedgeQuote) {}
