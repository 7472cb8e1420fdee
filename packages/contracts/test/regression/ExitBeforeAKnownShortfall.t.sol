// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Rule} from "../../src/interfaces/IMarketAdmin.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {Price} from "../../src/types/Units.sol";
import {LadderTest} from "../utils/LadderTest.sol";
import {LockUser} from "../utils/LockUser.sol";

/// @dev T58: after a gap a short was at -143,200, and insurance was empty. Of two equal LPs the first to redeem received
/// 1,121,039, and the second was left with 978,960: the maker's profit counted, and the shortfall that it had to pay did
/// not.
contract ExitBeforeAKnownShortfallTest is LadderTest {
    address internal lp2 = makeAddr("lp2");
    uint256 internal constant PRICE = 2608e18;
    uint256 internal shares;

    /// @dev Alice is short 400 of the OracleMaker with 100,000 of margin.
    function setUp() public override {
        super.setUp();
        vm.prank(owner());
        om.setWhitelistLp(lp2, true);
        depositLp(lp2, 1_000_000 * USD, 0);
        shares = om.balanceOf(lp);
        assertEq(om.balanceOf(lp2), shares);
        addMargin(alice, 100_000 * USD);
        sell(alice, address(om), 400e18);
        jump(PRICE);
    }

    function test_T58_FirstOfTwoEqualLps_ReceivesNoMoreThanTheSecond() public {
        int256 shortfall = -valueOf(alice);
        assertGt(shortfall, 143_200e18);
        vm.prank(keeper);
        backstop.flagShortfall(market, alice);
        assertEq(backstop.flaggedShortfallOf(market), uint256(shortfall));
        uint256 first = _withdraw(lp, shares);
        assertEq(deleverage(alice, address(om)), 400e18);
        assertEq(backstop.flaggedShortfallOf(market), 0);
        assertFalse(vault.hasShortfall(market), "no call in later redemptions");
        uint256 second = _withdraw(lp2, shares);
        assertApproxEqAbs(first, second, 2, "equal LPs");
        assertApproxEqAbs(first, 1_050_000 * USD, 1000 * USD, "1,121,039 before");
        assertEq(insurance(), 0);
        assertLaws();
    }

    /// @dev The path of requests, and the quotes of both paths.
    function test_T58_Request_PaysTheSame() public {
        backstop.flagShortfall(market, alice);
        (, uint256 quoted,) = om.quoteRedeem(shares, false);
        uint256 snapshot = vm.snapshotState();
        uint256 immediate = _withdraw(lp, shares);
        assertEq(immediate, quoted);
        vm.revertToState(snapshot);
        (, uint256 quotedRequest,) = om.quoteRedeem(shares, true);
        vm.prank(lp);
        om.transfer(address(omRequests), shares);
        vm.prank(address(omRequests));
        (, uint256 requested,) = om.settleRedeem(shares, 0, false);
        assertEq(requested, quotedRequest);
        // The exit fee of requests, 0.05%.
        assertApproxEqAbs(requested, immediate * 9995 / 10_000, 1);
    }

    /// @dev Deposits pay the full price: a deposit does not buy the deduction back.
    function test_T58_Deposit_PaysTheFullPrice_AndDoesNotFillTheHole() public {
        (, uint256 before) = om.quoteDeposit(100_000 * USD, false);
        uint256 unflagged = om.totalAssets();
        backstop.flagShortfall(market, alice);
        (, uint256 minted) = om.quoteDeposit(100_000 * USD, false);
        assertEq(minted, before);
        assertEq(om.totalAssets(), unflagged, "the valuation is the same");
        depositLp(lp2, 1_000_000 * USD, 0);
        uint256 first = _withdraw(lp, shares);
        assertLt(first, 1_075_000 * USD, "not out of the deposit");
    }

    /// @dev At most the real profit, and nothing for the part that insurance pays.
    function testFuzz_T58_Deduction_IsTheLesserOfProfitAndShortfallBeyondInsurance(uint256 price, uint256 donation)
        public
    {
        price = boundPrice(price, 2300e18, 4000e18);
        donation = bound(donation, 1, 50_000 * USD);
        jump(price);
        uint256 shortfall = uint256(-valueOf(alice));
        donate(donation);
        vm.assume(shortfall > donation * 1e12);
        backstop.flagShortfall(market, alice);
        uint256 profit = uint256(valueOf(address(om)) - marginOf(address(om)));
        uint256 beyond = shortfall - donation * 1e12;
        uint256 expected = beyond < profit ? beyond : profit;
        assertEq(backstop.withheldFrom(market, address(om), Price.wrap(price)), expected);
        assertEq(backstop.withheldFrom(market, address(shb), Price.wrap(price)), 0, "hedged");
        assertEq(backstop.withheldFrom(market, maker, Price.wrap(price)), 0, "flat");
    }

    /// @dev A shortfall that the price cures is resolved by any account; one that grows is flagged again.
    function test_T58_Resolve() public {
        backstop.flagShortfall(market, alice);
        uint256 flagged = backstop.flaggedShortfallOf(market);
        jump(2700e18);
        assertEq(backstop.resolveShortfall(market, alice), flagged, "it does not grow");
        backstop.flagShortfall(market, alice);
        assertGt(backstop.flaggedShortfallOf(market), flagged);
        jump(2400e18);
        vm.prank(stranger);
        assertEq(backstop.resolveShortfall(market, alice), uint256(-valueOf(alice)));
        jump(2000e18);
        assertEq(backstop.resolveShortfall(market, alice), 0);
        assertEq(backstop.flaggedShortfallOf(market), 0);
        assertFalse(vault.hasShortfall(market));
    }

    /// @dev Bad debt that liquidation recorded: any account takes the shortfall out of the sum.
    function test_T58_Resolve_AfterBadDebt_NeedsNoPrice() public {
        passWindow(alice);
        fund(keeper, 3_000_000 * USD);
        addMargin(keeper, 2_000_000 * USD);
        takeOver(alice);
        assertLt(insurance(), 0);
        skip(1 days);
        assertEq(backstop.resolveShortfall(market, alice), 0);
        assertFalse(vault.hasShortfall(market));
    }

    function test_T58_Resolve_RevertIf_TheLockIsHeld() public {
        LockUser user = new LockUser(vault);
        user.lockAnd(address(backstop), abi.encodeCall(backstop.resolveShortfall, (market, alice)));
        assertEq(user.answer(), abi.encodeWithSelector(IVault.Locked.selector, user));
    }

    /// @dev The keeper that flags first is paid out of the profit that is at stake, with empty insurance, and once.
    function test_T58_Flagger_IsPaidOutOfTheMakersProfit() public {
        setRule(Rule.TradingFee, 100);
        int256 pool = valueOf(address(om));
        vm.startPrank(stranger);
        backstop.flagShortfall(market, alice);
        backstop.flagShortfall(market, alice);
        vm.stopPrank();
        assertEq(valueOf(stranger), 2.5e18, "half of the bounty");
        assertEq(valueOf(address(om)), pool - 2.5e18);
        deleverage(alice, address(om));
        assertEq(valueOf(stranger), 5e18, "both together a bounty");
        assertEq(insurance(), 0);
        assertLaws();
    }

    function _withdraw(address account, uint256 amount) private returns (uint256) {
        vm.prank(account);
        return om.withdraw(amount);
    }
}
