// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {IExitInKind} from "../../src/interfaces/IExitInKind.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {ILpSlice, ISliceClaims} from "../../src/interfaces/ILpSlice.sol";
import {Rule, RuleParams} from "../../src/interfaces/IMarketAdmin.sol";
import {SpotHedgeMaker} from "../../src/makers/spot-hedge/SpotHedgeMaker.sol";
import {NotClearingHouse} from "../../src/types/Errors.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {Price} from "../../src/types/Units.sol";
import {LockUser} from "../utils/LockUser.sol";
import {changeRule} from "../utils/RuleChange.sol";
import {LpRequestVaultTest} from "../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../utils/MakerKind.sol";

/// @dev Exits in kind from hedged vaults. Carol is one of two LPs.
abstract contract ExitInKindHedgedSuite is LpRequestVaultTest {
    uint256 internal constant NOTICE = 1 hours;

    uint256 internal carols;

    function setUp() public virtual override {
        super.setUp();
        carols = enter(carol, kind == MakerKind.SpotHedgeBase ? 20e18 : 200_000 * USD);
        vm.prank(carol);
        maker.approve(address(backstop), type(uint256).max);
    }

    function exitInKind(uint256 shares) internal returns (IExitInKind.Slice memory) {
        vm.prank(carol);
        uint256 exitId = backstop.startExit(address(maker), shares);
        skip(NOTICE);
        return backstop.executeExit(exitId, 0);
    }

    function balance() internal view returns (uint256) {
        return kind == MakerKind.SpotHedgeBase ? shb.assetBalance() : shq.assetBalance();
    }

    function liability() internal view returns (uint256) {
        return kind == MakerKind.SpotHedgeBase ? shb.assetLiability() : shq.assetLiability();
    }

    function heldBase() internal view returns (uint256) {
        return kind == MakerKind.SpotHedgeBase ? 0 : shq.baseBalance();
    }

    /// @dev Value of all that the maker owns at a price, WAD quote, floor.
    function worthAt(uint256 price) internal view returns (int256) {
        int256 value = vault.accountState(market, address(maker), Price.wrap(price)).value.unwrap();
        if (kind == MakerKind.SpotHedgeBase) return value + int256(balance() * price / 1e18);
        return value + int256(balance() * 1e12 + heldBase() * price / 1e18);
    }

    function shareWorthAt(uint256 price) internal view returns (int256) {
        return worthAt(price) * 1e18 / int256(maker.totalSupply() + 1e6);
    }

    /// @dev Position, balances and liability shrink by one fraction.
    function test_Position_EverythingShrinksByOneFraction() public {
        openPosition(900_000, 200e18);
        int256 size = sizeOf(address(maker));
        uint256 held = balance();
        uint256 owed = liability();
        uint256 base = heldBase();
        int256 margin = marginOf(address(maker));
        IExitInKind.Slice memory slice = exitInKind(carols);
        assertTrue(slice.base != 0);
        assertEq(sizeOf(carol), slice.base);
        assertEq(sizeOf(address(maker)), size - slice.base);
        uint256 part = uint256(slice.base * 1e18 / size);
        assertApproxEqRel(liability(), owed * (1e18 - part) / 1e18, 1e8);
        // 5 bps of the balance stay, as in a redemption.
        assertApproxEqRel(held - balance(), held * part / 1e18 * 9995 / 10_000, 1e12);
        assertApproxEqAbs(heldBase(), base - base * part / 1e18, 1e3);
        assertApproxEqAbs(marginOf(address(maker)), margin - slice.margin, 1);
        assertEq(slice.assetXCD, held - balance());
        assertEq(slice.baseXCD, base - heldBase());
    }

    function test_Claim_IsPaidToTheOwner() public {
        openPosition(900_000, 200e18);
        IExitInKind.Slice memory slice = exitInKind(carols);
        uint256 held = token.balanceOf(carol);
        uint256 base = weth.balanceOf(carol);
        vm.prank(stranger);
        backstop.claimSlice(address(maker), carol);
        assertEq(token.balanceOf(carol) - held, slice.assetXCD);
        if (kind == MakerKind.SpotHedgeQuote) assertEq(weth.balanceOf(carol) - base, slice.baseXCD);
        vm.expectRevert(abi.encodeWithSelector(IExitInKind.NothingToClaim.selector, address(maker), carol));
        backstop.claimSlice(address(maker), carol);
        assertGe(token.balanceOf(address(maker)), balance());
    }

    function test_DeadFeedAndPreview() public {
        openPosition(900_000, 200e18);
        vm.prank(carol);
        uint256 exitId = backstop.startExit(address(maker), carols);
        skip(NOTICE);
        (IExitInKind.Slice memory quoted,) = backstop.previewExit(address(maker), carol, carols);
        IExitInKind.Slice memory slice = backstop.executeExit(exitId, 0);
        assertEq(keccak256(abi.encode(quoted)), keccak256(abi.encode(slice)));
        assertGt(slice.fee, 0, "the path's fee");
    }

    /// @dev Tokens of a slice are no balance of the maker any more: closing takers neither use nor receive them.
    function test_Claim_IsPaidWholeAfterTheOthersHaveTraded() public {
        openPosition(900_000, 200e18);
        IExitInKind.Slice memory slice = exitInKind(carols);
        refreshPrice(START_PRICE);
        // Alice has more than the maker that is left.
        uint256 rest = uint256(sizeOf(address(maker)) > 0 ? sizeOf(address(maker)) : -sizeOf(address(maker)));
        if (kind == MakerKind.SpotHedgeBase) buy(alice, address(maker), rest);
        else sell(alice, address(maker), rest);
        assertEq(sizeOf(address(maker)), 0);
        assertGe(token.balanceOf(address(maker)), balance() + slice.assetXCD);
        (uint256 assetXCD, uint256 baseXCD) = backstop.claimSlice(address(maker), carol);
        assertEq(assetXCD, slice.assetXCD);
        assertEq(baseXCD, slice.baseXCD);
        assertGe(token.balanceOf(address(maker)), balance());
    }

    // ------------------------------------------------------------------------------------------------- conditions ----

    function test_T59_Notice_RevertIf_BeforeOrAfterItsWindow() public {
        openPosition(900_000, 200e18);
        vm.prank(carol);
        uint256 exitId = backstop.startExit(address(maker), carols);
        uint256 at = timestamp() + NOTICE;
        vm.warp(at - 1);
        vm.expectRevert(abi.encodeWithSelector(IExitInKind.ExitNotExecutable.selector, at - 1, at, at + 60));
        backstop.executeExit(exitId, 0);
        vm.warp(at + 61);
        vm.expectRevert(abi.encodeWithSelector(IExitInKind.ExitNotExecutable.selector, at + 61, at, at + 60));
        backstop.executeExit(exitId, 0);
        backstop.returnExit(exitId);
        assertEq(maker.balanceOf(carol), carols);
    }

    function test_Size_RevertIf_LessThanAUnitOrBelowTheMinimum() public {
        openPosition(900_000, 200e18);
        RuleParams memory rules = config().market.rules;
        changeRule(rules, Rule.MinPositionValue, 1000e18);
        vm.prank(owner());
        house.setRules(market, rules);
        // The minimum rises within a day.
        skip(2 days);
        vm.startPrank(carol);
        uint256 none = backstop.startExit(address(maker), 1);
        uint256 few = backstop.startExit(address(maker), carols / 1000);
        vm.stopPrank();
        skip(NOTICE);
        uint256 unit = 10 ** (18 - weth.decimals());
        vm.expectRevert(abi.encodeWithSelector(IExitInKind.SliceTooSmall.selector, 1, unit));
        backstop.executeExit(none, 0);
        vm.expectPartialRevert(IExitInKind.SliceBelowMinimum.selector);
        backstop.executeExit(few, 0);
        assertEq(sizeOf(carol), 0);
    }

    function test_Who_RevertIf_RequestVaultOrLockHeld() public {
        openPosition(900_000, 200e18);
        vm.prank(address(requests));
        vm.expectRevert(abi.encodeWithSelector(IExitInKind.CannotHoldSlice.selector, address(requests)));
        backstop.startExit(address(maker), 1e18);
        vm.prank(carol);
        uint256 exitId = backstop.startExit(address(maker), carols);
        skip(NOTICE);
        LockUser user = new LockUser(vault);
        user.lockAnd(address(backstop), abi.encodeCall(IExitInKind.executeExit, (exitId, 0)));
        assertEq(user.answer(), abi.encodeWithSelector(IVault.Locked.selector, address(user)));
        vm.expectRevert(abi.encodeWithSelector(NotClearingHouse.selector, address(this), address(house)));
        ISliceClaims(address(maker)).paySliceClaim(carol, 1, 1);
    }

    /// @dev Carol has a loss in her own account, which the margin of the slice does not cover.
    function test_Margin_RevertIf_BelowMaintenance_UnlessTheOwnerAddsSome() public {
        openPosition(900_000, 200e18);
        vm.prank(owner());
        om.setValidSender(carol, true);
        fund(carol, 100_000 * USD);
        addMargin(carol, 100_000 * USD);
        sell(carol, address(om), 400e18);
        vm.prank(carol);
        uint256 exitId = backstop.startExit(address(maker), carols);
        skip(NOTICE);
        setPrice(3000e18);
        vm.expectPartialRevert(IExitInKind.SliceBelowMaintenance.selector);
        backstop.executeExit(exitId, 0);
        (, uint256 lacking) = backstop.previewExit(address(maker), carol, carols);
        uint256 lackingXCD = (lacking + 1e12 - 1) / 1e12;
        usd.mint(carol, lackingXCD);
        vm.startPrank(carol);
        usd.approve(address(backstop), lackingXCD);
        vm.expectPartialRevert(IExitInKind.SliceBelowMaintenance.selector);
        backstop.executeExit(exitId, lackingXCD - 1);
        backstop.executeExit(exitId, lackingXCD);
        vm.stopPrank();
        assertEq(usd.balanceOf(carol), 0);
        int256 value = vault.accountState(market, carol, Price.wrap(3000e18)).value.unwrap();
        assertGe(value * 1e6, int256(uint256(sizeOf(carol) < 0 ? -sizeOf(carol) : sizeOf(carol))) * 3000 * 62_500);
    }

    /// @dev A hedged vault has no real profit, so that no part of a known shortfall stays.
    function test_Shortfalls_NothingStaysInAHedgedVault() public {
        openPosition(900_000, 200e18);
        addMargin(bob, 90_000 * USD);
        sell(bob, address(om), 400e18);
        vm.prank(carol);
        uint256 exitId = backstop.startExit(address(maker), carols);
        skip(NOTICE);
        setPrice(2600e18);
        backstop.flagShortfall(market, bob);
        assertGt(backstop.flaggedShortfallOf(market), 100_000e18);
        IExitInKind.Slice memory slice = backstop.executeExit(exitId, 0);
        assertEq(slice.deduction, 0);
    }

    function test_Fee_OfATradeAndARedemption() public {
        openPosition(900_000, 200e18);
        setSpread(SpotHedgeMaker(address(maker)), 700);
        vm.prank(carol);
        uint256 exitId = backstop.startExit(address(maker), carols);
        skip(NOTICE);
        setPrice(2500e18);
        (uint256 fillFee, uint256 requestFee,) = ILpSlice(address(maker)).sliceTerms();
        assertGt(fillFee, 700, "spread and path");
        assertEq(requestFee, 500);
        int256 margin = marginOf(address(maker));
        uint256 held = balance();
        int256 size = sizeOf(address(maker));
        IExitInKind.Slice memory slice = backstop.executeExit(exitId, 0);
        uint256 part = uint256(slice.base * 1e18 / size);
        uint256 ofTrade = uint256(slice.base < 0 ? -slice.base : slice.base) * 2500 * fillFee / 1e6;
        uint256 ofMargin = uint256(margin) * part / 1e18 * 500 / 1e6;
        assertApproxEqRel(slice.fee, ofTrade + ofMargin, 1e12, "at the current notional, in the margin");
        assertApproxEqRel(slice.assetXCD, held * part / 1e18 * 9995 / 10_000, 1e12, "of the balance");
        assertApproxEqAbs(marginOf(address(maker)), margin - slice.margin, 1);
    }

    /// @dev E5: the market is paused, its feed dead, and the owner gone.
    function test_PausedMarketWithADeadFeed() public {
        openPosition(900_000, 200e18);
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
        skip(7 days);
        IExitInKind.Slice memory slice = exitInKind(carols);
        assertEq(sizeOf(carol), slice.base);
        backstop.claimSlice(address(maker), carol);
        assertEq(token.balanceOf(carol), slice.assetXCD);
    }

    // ------------------------------------------------------------------------------------------------------- fuzz ----

    /// @dev Entering by a request and leaving in kind costs at least the fees of the trade that gives the same position.
    function testFuzz_EnteringAndLeavingNeverBeatsATrade(uint256 amount, uint256 size) public {
        openPosition(900_000, bound(size, 20e18, 200e18));
        refreshPrice(START_PRICE);
        bool isBase = kind == MakerKind.SpotHedgeBase;
        amount = isBase ? bound(amount, 1e18, 50e18) : bound(amount, 1000 * USD, 100_000 * USD);
        uint256 shares = enter(dave, amount);
        vm.startPrank(dave);
        maker.approve(address(backstop), shares);
        uint256 exitId = backstop.startExit(address(maker), shares);
        vm.stopPrank();
        skip(NOTICE);
        setPrice(START_PRICE);
        (uint256 fillFee,,) = ILpSlice(address(maker)).sliceTerms();
        IExitInKind.Slice memory slice = backstop.executeExit(exitId, 0);
        int256 left = vault.accountState(market, dave, Price.wrap(START_PRICE)).value.unwrap();
        left += int256(slice.baseXCD * 2000 + slice.assetXCD * (isBase ? 2000 : 1e12));
        uint256 ofTrade = uint256(slice.base < 0 ? -slice.base : slice.base) * 2000 * fillFee / 1e6;
        assertLe(left, int256(amount * (isBase ? 2000 : 1e12)) - int256(ofTrade));
    }

    function testFuzz_OthersKeepTheirValueAtEveryPrice(uint256 shares, uint256 size, uint256 price) public {
        openPosition(900_000, bound(size, 1e18, 200e18));
        shares = bound(shares, 1e12, carols);
        price = bound(price, 1e18, 6000e18);
        vm.prank(carol);
        uint256 exitId = backstop.startExit(address(maker), shares);
        skip(NOTICE);
        int256 worth = worthAt(price);
        int256 shareWorth = shareWorthAt(price);
        IExitInKind.Slice memory slice = backstop.executeExit(exitId, 0);
        if (worth > 0) assertGe(shareWorthAt(price) + 1, shareWorth, "others");
        int256 left = vault.accountState(market, carol, Price.wrap(price)).value.unwrap();
        if (kind == MakerKind.SpotHedgeBase) left += int256(slice.assetXCD * price / 1e18);
        else left += int256(slice.assetXCD * 1e12 + slice.baseXCD * price / 1e18);
        assertApproxEqAbs(worthAt(price) + left, worth, 5, "conserved");
    }
}

contract ExitInKindBaseVaultTest is LpRequestVaultTest(MakerKind.SpotHedgeBase), ExitInKindHedgedSuite {
    function setUp() public override(LpRequestVaultTest, ExitInKindHedgedSuite) {
        ExitInKindHedgedSuite.setUp();
    }

    /// @dev A delta-neutral short has bought all base: a redemption has nothing to pay, an exit in kind leaves.
    function test_FullySoldVault() public {
        spot.provide(baseXCD(95_000e18));
        addMargin(alice, 900_000 * USD);
        sell(alice, address(shb), shb.assetBalance());
        assertEq(shb.assetBalance(), 0);
        IExitInKind.Slice memory slice = exitInKind(carols);
        assertApproxEqAbs(sizeOf(carol), 20e18, 0.1e18);
        assertEq(slice.assetXCD, 0);
        assertGt(slice.margin, 39_000e18);
    }
}

contract ExitInKindQuoteVaultTest is LpRequestVaultTest(MakerKind.SpotHedgeQuote), ExitInKindHedgedSuite {
    function setUp() public override(LpRequestVaultTest, ExitInKindHedgedSuite) {
        ExitInKindHedgedSuite.setUp();
    }
}

/// @dev An empty breaker delays the base of a slice, and nothing else.
contract ExitInKindBreakerTest is LpRequestVaultTest(MakerKind.SpotHedgeBase) {
    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        (c.breakerWindow, c.breakerMaxOutflow, c.breakerMaxBaseOutflow) = (1 days, 100_000, 100_000);
    }

    function test_EmptyBreakerDelaysTheClaim() public {
        uint256 carols = enter(carol, 50e18);
        vm.startPrank(carol);
        maker.approve(address(backstop), type(uint256).max);
        skip(2 days);
        uint256 exitId = backstop.startExit(address(maker), carols);
        skip(1 hours);
        IExitInKind.Slice memory slice = backstop.executeExit(exitId, 0);
        uint256 held = weth.balanceOf(carol);
        (uint256 paid,) = backstop.claimSlice(address(maker), carol);
        assertEq(weth.balanceOf(carol) - held, paid);
        assertLt(paid, slice.assetXCD);
        vm.expectRevert(abi.encodeWithSelector(IExitInKind.NothingToClaim.selector, address(maker), carol));
        backstop.claimSlice(address(maker), carol);
        assertEq(backstop.sliceClaimOf(address(maker), carol).assetXCD, slice.assetXCD - paid);
        skip(1 days);
        (uint256 next,) = backstop.claimSlice(address(maker), carol);
        assertGt(next, 0);
        vm.stopPrank();
    }
}
